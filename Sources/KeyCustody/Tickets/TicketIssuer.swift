public import ContactModel
public import Foundation
public import LedgerFormat

/// Grants the steps of an enrichment that no caller asks for, to whoever shows the receipt of the entry that they follow from.
public struct TicketIssuer: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let clock: KeeperClock

    init(keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
    }

    /// Whose answer a ticket brings in, and what that came with.
    public struct Answer: Sendable {
        public let vendor: String
        public let attempt: Int
        public let token: Data

        public init(vendor: String, attempt: Int, token: Data) {
            self.vendor = vendor
            self.attempt = attempt
            self.token = token
        }
    }

    /// A grant and the keeper's signature over `TicketGrant.signedMessage(of: grant.body)`, 64 bytes.
    public struct Ticket: Sendable {
        public let grant: TicketGrant
        public let signature: Data
    }

    /// - Throws: `KeyCustodyError.invalid` for what is no receipt of an `EnrichmentRequested` of this ledger.
    public func authority(
        _ receipt: InclusionReceipt, payload: Data
    ) throws(KeyCustodyError) -> EnrichmentAuthority {
        // A rotation may have come since the last one.
        try EnrichmentReceiptCheck(hierarchy).authority(receipt, payload: payload)
    }

    /// - Parameter answer: nil: the ticket takes the enrichment further.
    /// - Throws: `KeyCustodyError.forbidden` for a vendor that was not asked, or a token of another answer; `.notFound` once the subject was
    ///   erased; `.unavailable`.
    public func issue(
        on authority: EnrichmentAuthority, for answer: Answer?
    ) async throws(KeyCustodyError) -> Ticket {
        try requireCurrent(authority)
        if let answer {
            // Both are looked at, so that the time tells nothing of which was wrong.
            let isRight = CallbackToken(hierarchy).isRight(
                answer.token, authority, vendor: answer.vendor, attempt: answer.attempt)
            guard asks(authority, answer.vendor, answer.attempt), isRight else {
                throw KeyCustodyError(
                    .forbidden, "the callback token is not of this vendor, attempt and request")
            }
        }
        let subject = authority.subject
        let isThere = try await keystore.read { db in try SubjectRow.find(subject, db) != nil }
        guard isThere else {
            throw KeyCustodyError(.notFound, "there is no such contact")
        }
        let grant = TicketGrant(
            origin: hierarchy.logKey.name, generation: authority.header.generation,
            index: authority.header.index, subject: subject.data,
            enrichment: authority.enrichment, purpose: authority.event.purpose,
            label: authority.securityLabel, vendor: answer?.vendor, attempt: answer?.attempt ?? 0,
            expiresAt: Date(
                timeIntervalSince1970: Double(clock.now() + TicketGrant.lifetime)))
        let body = grant.body
        guard body.count <= TicketGrant.bodyBytes else {
            throw KeyCustodyError(.invalid, "the request to enrich is too long for a ticket")
        }
        let signature = hierarchy.ticketKey.sign([UInt8](TicketGrant.signedMessage(of: body)))
        return Ticket(grant: grant, signature: Data(signature))
    }

    /// One for each, in the order asked: 32 bytes.
    ///
    /// - Throws: `KeyCustodyError.invalid` for a vendor or an attempt that the entry does not ask for.
    public func callbackTokens(
        on authority: EnrichmentAuthority, for attempts: [(vendor: String, attempt: Int)]
    ) throws(KeyCustodyError) -> [Data] {
        try requireCurrent(authority)
        let tokens = CallbackToken(hierarchy)
        var made: [Data] = []
        for (vendor, attempt) in attempts {
            guard asks(authority, vendor, attempt) else {
                throw KeyCustodyError(
                    .invalid, "the request to enrich asks no such vendor, or not so often")
            }
            made.append(tokens.make(authority, vendor: vendor, attempt: attempt))
        }
        return made
    }

    /// What a generation left undone when it ended stays so.
    private func requireCurrent(_ authority: EnrichmentAuthority) throws(KeyCustodyError) {
        guard authority.header.generation == hierarchy.logKey.generation else {
            throw KeyCustodyError(
                .notFound, "the request to enrich is of a generation that ended")
        }
    }

    private func asks(_ authority: EnrichmentAuthority, _ vendor: String, _ attempt: Int) -> Bool {
        authority.event.vendors.contains(vendor)
            && (1...authority.event.attempts).contains(attempt)
    }
}
