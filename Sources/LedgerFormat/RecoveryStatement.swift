// FORMAT 9.2

/// What a TPM certifies at the start of a generation: the end of the one before.
public struct RecoveryStatement: Sendable, Equatable {
    public let ended: UInt64
    public let knownSize: UInt64
    /// Hex, as `root`.
    public let knownRoot: String
    public let size: UInt64
    public let root: String

    public init(
        ended: UInt64, knownSize: UInt64, knownRoot: String, size: UInt64, root: String
    ) {
        self.ended = ended
        self.knownSize = knownSize
        self.knownRoot = knownRoot
        self.size = size
        self.root = root
    }

    /// Qualifying data of the certification.
    public var digest: Digest32 {
        let lines = [
            "chancery/recovered/v1", "\(ended)", "\(knownSize)", knownRoot, "\(size)", root,
        ]
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        return text.withUnsafeBytes { LedgerHash.sha256($0) }
    }
}
