// RFC 6962 section 2.1, FORMAT 2.3 and 3:
//   leaf hash  = SHA-256(0x00 ‖ leaf bytes)        node hash = SHA-256(0x01 ‖ left ‖ right)
//   root of the empty tree = SHA-256 of nothing

public import FoundationEssentials

public enum MerkleTree {
    /// e3b0c442…: SHA-256 of nothing.
    public static let emptyRoot = LedgerHash.sha256(UnsafeRawBufferPointer(start: nil, count: 0))

    /// Stands before every leaf that is hashed.
    static let leafPrefix: StaticString = "\0"

    /// - Parameter leaf: a header's canonical bytes, or a subject head's.
    public static func leafHash(_ leaf: some ContiguousBytes) -> Digest32 {
        leaf.reading { leafHash(buffer: $0) }
    }

    /// As above, of bytes in place: what verifiers and sequencers call for every entry.
    public static func leafHash(buffer: UnsafeRawBufferPointer) -> Digest32 {
        LedgerHash.sha256(domain: leafPrefix, buffer)
    }

    public static func nodeHash(_ left: Digest32, _ right: Digest32) -> Digest32 {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { scratch in
            scratch[0] = 0x01
            left.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: scratch[1..<33]).copyMemory(from: $0)
            }
            right.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: scratch[33..<65]).copyMemory(from: $0)
            }
            return LedgerHash.sha256(UnsafeRawBufferPointer(scratch))
        }
    }

    /// The root over leaf hashes, in one pass and O(log n) memory.
    @inlinable
    public static func root(ofLeaves leaves: some Sequence<Digest32>) -> Digest32 {
        var frontier = MerkleFrontier()
        for leaf in leaves {
            frontier.append(leaf)
        }
        return frontier.root
    }
}
