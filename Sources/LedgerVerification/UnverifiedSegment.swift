/// A segment as found: a number that its name claims, a file, and a manifest if it is sealed. Says
/// nothing about whether any of it is true; only `LedgerVerifier` makes a `VerifiedSegment` of it.
public struct UnverifiedSegment: Sendable, Hashable {
    public let number: UInt64
    public let path: String
    /// Present exactly when the segment is sealed.
    public let manifestPath: String?

    public init(number: UInt64, path: String, manifestPath: String?) {
        self.number = number
        self.path = path
        self.manifestPath = manifestPath
    }

    public var isSealed: Bool { manifestPath != nil }
    /// Last component of `path`.
    public var fileName: String { EvidenceFile.name(path) }
}
