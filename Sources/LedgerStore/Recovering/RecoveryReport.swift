/// What a recovery found and did.
public struct RecoveryReport: Sendable, Equatable {
    /// Why the keeper refused, or what the segments lack.
    public let problem: String
    /// Why it does not go on in its generation; nil: it does.
    public let notInPlace: String?
    /// The generation that ended, or goes on.
    public let ended: UInt64
    /// Entries of it that are here, signed and sealed.
    public let size: UInt64
    /// Of the largest tree that the keeper knows to be signed.
    public let knownSize: UInt64
    /// Entries at the end that no checkpoint here covers. They are set aside.
    public let unsigned: UInt64
    /// Nil: none, it goes on.
    public let begun: UInt64?

    /// Signed entries that are not here.
    public var lost: UInt64 { knownSize - min(knownSize, size) }
}
