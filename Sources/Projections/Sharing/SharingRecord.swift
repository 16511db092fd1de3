public import ContactModel

/// A sharing as it stands today, its recipient's name still encrypted.
public struct SharingRecord: Hashable, Sendable {
    public let contact: ContactHead
    /// Of its `SharingRecorded`.
    public let position: UInt64
    public let id: String
    public let recipient: String
    /// The label that `recipientName` is bound to.
    public let label: String
    public let recipientName: EncryptedValue
    public let purpose: String
    public let legalBasis: String
    public let attributes: [String]
    public let sharedAt: String
    public let expiresAt: String?
    /// Nil: it is not.
    public let revocation: Revocation?

    public struct Revocation: Hashable, Sendable {
        /// Of the first `SharingRevoked`.
        public let position: UInt64
        /// FORMAT 2.1 time.
        public let time: String
    }
}

/// Sharings, the newest first.
public struct SharingRecords: Sendable {
    public let records: [SharingRecord]
    /// Whether there are more behind them.
    public let hasMore: Bool
}
