// FORMAT 5.2: one leaf per (subject tag, stream) over all segments of the generation so far, the
// canonical JSON array
//   ["<tag in hex>","<stream>",<last index>,<version>]
// sorted by tag bytes, then by the bytes of the stream name; the root is RFC 6962's.

/// The newest entry of every subject and stream, as a tree of its own: a sealed segment then pins what
/// the complete history of each subject is.
public enum SubjectHeads {
    public struct Head: Sendable, Hashable {
        public let tag: SubjectTag
        public let stream: EntryStream
        /// Index of the newest entry of (tag, stream).
        public let lastIndex: UInt64
        /// Its `subjectVersion`.
        public let version: UInt64

        public init(tag: SubjectTag, stream: EntryStream, lastIndex: UInt64, version: UInt64) {
            self.tag = tag
            self.stream = stream
            self.lastIndex = lastIndex
            self.version = version
        }

        /// Of `["<tag in hex>","<stream>",<last index>,<version>]`. Made for every head at every seal, so
        /// without a heap allocation.
        public var leafHash: Digest32 {
            withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { scratch in
                var out = ByteWriter(scratch)
                out.put(MerkleTree.leafPrefix)
                out.put("[\"")
                out.put(hex: tag)
                out.put("\",\"")
                out.put(stream.name)
                out.put("\",")
                out.put(lastIndex)
                out.put(",")
                out.put(version)
                out.put("]")
                return LedgerHash.sha256(
                    UnsafeRawBufferPointer(rebasing: scratch[..<out.count]))
            }
        }

        public func precedes(_ other: Head) -> Bool {
            tag != other.tag ? tag < other.tag : stream.rank < other.stream.rank
        }
    }

    /// - Throws: `SubjectHeadsError.notSorted` when a head does not come after the one before.
    public static func root(
        sorted heads: some Sequence<Head>
    ) throws(SubjectHeadsError) -> Digest32 {
        var tree = SubjectHeadsTree()
        for head in heads {
            try tree.append(head)
        }
        return tree.root
    }
}
