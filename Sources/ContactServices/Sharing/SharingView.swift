public import ContactModel
import ProcessBoundary

/// A sharing as it is now, decrypted.
public struct SharingView: Sendable, Equatable {
    public let id: String
    public let contact: EntityID
    public let recipient: String
    /// As the data subject is told it.
    public let recipientName: String
    public let purpose: String
    public let legalBasis: String
    public let attributes: [String]
    public let sharedAt: String
    public let expiresAt: String?
    public let revokedAt: String?
    public let state: SharingState
    public let recorded: Entry
    /// Nil: it is not revoked.
    public let revoked: Entry?

    public struct Entry: Sendable, Equatable {
        public let generation: UInt64
        public let index: UInt64

        init(_ wire: WireSharingEntry) {
            generation = wire.generation
            index = wire.index
        }
    }

    /// Nil for a row that the ledger does not write.
    init?(_ row: WireSharingRow, name: String, at now: Timestamp) {
        let expiry = row.expiresAt.isEmpty ? nil : Timestamp(text: row.expiresAt)
        guard let contact = EntityID(bytes: row.contact.contactID), row.hasRecorded,
            row.expiresAt.isEmpty == (expiry == nil),
            row.revokedAt.isEmpty == !row.hasRevoked
        else { return nil }
        id = row.id
        self.contact = contact
        recipient = row.recipient
        recipientName = name
        purpose = row.purpose
        legalBasis = row.legalBasis
        attributes = row.attributes
        sharedAt = row.sharedAt
        expiresAt = expiry?.text
        revokedAt = row.hasRevoked ? row.revokedAt : nil
        state = SharingState(expiresAt: expiry, isRevoked: row.hasRevoked, at: now)
        recorded = Entry(row.recorded)
        revoked = row.hasRevoked ? Entry(row.revoked) : nil
    }
}

public struct SharingPageView: Sendable {
    public let sharings: [SharingView]
    /// Of the next page; nil: there is none.
    public let next: UInt64?
}

/// What recording a sharing answers.
public struct SharingOutcome: Sendable {
    public let id: String
    public let mutation: MutationOutcome
}
