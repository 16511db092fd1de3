// FORMAT 4, C2SP tlog-checkpoint: the text of a signed note of exactly three lines,
//   origin ‖ LF ‖ tree size in decimal ‖ LF ‖ base64 of the 32-byte root ‖ LF
// C2SP allows extension lines; this format has none and refuses them.

/// What a log says of its tree: how many leaves and their root.
public struct Checkpoint: Sendable, Hashable {
    public let origin: String
    /// Number of leaves.
    public let size: UInt64
    public let root: Digest32

    /// - Throws: `CheckpointError` for an origin that notes cannot carry, a size beyond 2^53 − 1, or an
    ///   empty tree with another root than the empty one.
    public init(origin: String, size: UInt64, root: Digest32) throws(CheckpointError) {
        guard NoteKey.isName(origin) else { throw .malformed(reason: "the origin") }
        guard size <= LedgerLimits.maxInteger else {
            throw .malformed(reason: "the size is beyond 2^53 − 1")
        }
        guard size > 0 || root == MerkleTree.emptyRoot else {
            throw .malformed(reason: "size 0 with a root that is not the empty tree's")
        }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// - Parameter text: the note's text, with its final newline.
    /// - Throws: `CheckpointError`
    public init(parsing text: String) throws(CheckpointError) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty else {
            throw .malformed(reason: "it must have exactly three lines")
        }
        let size: UInt64? = Array(lines[1]).withUnsafeBytes { line in
            var scanner = ByteScanner(line)
            guard let size = scanner.integer(), scanner.isAtEnd else { return nil }
            return size
        }
        guard let size else { throw .malformed(reason: "the tree size") }
        guard let rootText = String(lines[2]), let root = Digest32(base64: rootText) else {
            throw .malformed(reason: "the root hash")
        }
        guard let origin = String(lines[0]) else { throw .malformed(reason: "the origin") }
        try self.init(origin: origin, size: size, root: root)
    }

    /// What is signed.
    public var noteText: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// The checkpoint as a note with one signature line.
    ///
    /// - Parameter signer: signs the bytes of `noteText`; 64 bytes back for Ed25519.
    /// - Throws: what the signer throws, or `SignedNoteError` for a name or signature that notes cannot
    ///   carry.
    public func signedNote(
        keyName: String, keyID: UInt32, signer: ([UInt8]) throws -> [UInt8]
    ) throws -> SignedNote {
        let signature = try signer(Array(noteText.utf8))
        guard let line = NoteSignatureLine(name: keyName, keyID: keyID, signature: signature) else {
            throw SignedNoteError.malformed(reason: "the key name, or an empty signature")
        }
        return try SignedNote(text: noteText, signatures: [line])
    }
}
