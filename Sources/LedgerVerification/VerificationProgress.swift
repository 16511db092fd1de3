/// How far a verification has come.
public struct VerificationProgress: Sendable {
    public let segment: UInt64
    /// Entries of this segment that are verified.
    public let entries: UInt64
    /// Entries that this segment claims to hold.
    public let total: UInt64
}
