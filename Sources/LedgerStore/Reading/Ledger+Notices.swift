public import ContactModel
public import LedgerFormat
public import Projections

/// Whom data was given and who is to be told of what became of it (Article 19 GDPR), by name.
public struct NoticeList: Sendable {
    public struct Row: Sendable {
        public let record: NoticeRecord
        /// Of the `RecipientNoticeQueued`.
        public let queued: EntryPlace
        /// Of the `RecipientNotified`; nil: still to be told.
        public let notified: EntryPlace?
    }

    public let subject: SubjectTag
    public let rows: [Row]
    /// Others who are to be told and have no row: there was no room for them.
    public let omitted: UInt64
}

/// That a recipient was told.
public struct NoticeDelivery: Sendable {
    /// The id of a system.
    public let recipient: String
    public let channel: NoticeChannel
    public let notifiedAt: Timestamp

    public init(recipient: String, channel: NoticeChannel, notifiedAt: Timestamp) {
        self.recipient = recipient
        self.channel = channel
        self.notifiedAt = notifiedAt
    }
}

extension Ledger {
    /// - Parameter id: of a request, or of an order to erase.
    /// - Throws: `LedgerStoreError.notFound` for what `clearance` does not see, as for what there is not.
    public func notices(
        of id: EntityID, for clearance: Clearance
    ) throws(LedgerStoreError) -> NoticeList {
        let (matter, records) = try reading { reader in
            let matter = try NoticeMatter(id, reader, clearance)
            let records = try matter.map { try reader.notices(of: $0.id, subject: $0.subject) }
            return (matter, records ?? [])
        }
        guard let matter else { throw NoticeMatter.missing }
        var rows: [NoticeList.Row] = []
        for record in records {
            rows.append(
                NoticeList.Row(
                    record: record, queued: try place(of: record.queued),
                    notified: try record.delivery.map { (delivery) throws(LedgerStoreError) in
                        try place(of: delivery.position)
                    }))
        }
        return NoticeList(
            subject: matter.subject, rows: rows,
            omitted: records.reduce(0) { $0 + $1.omitted })
    }

    /// Writes down that a recipient was told: an entry, also where the contact is erased.
    ///
    /// - Parameter id: of a request, or of an order to erase.
    /// - Throws: `LedgerStoreError.notFound` for a recipient who is not to be told; `conflict` for one who was; `invalid` for a time to
    ///   come; what `append` throws.
    public func note(
        _ delivery: NoticeDelivery, of id: EntityID, actor: LedgerActor, requestID: String
    ) async throws(LedgerStoreError) {
        let now = configuration.clock.now().microsecondsSince1970
        guard delivery.notifiedAt.microsecondsSince1970 <= now + Self.clockSkew else {
            throw LedgerStoreError(.invalid, "Refused: nobody was told in the future.")
        }
        let found = try reading { reader in
            try NoticeMatter(id, reader, actor.clearance).flatMap { matter in
                try reader.notices(of: matter.id, subject: matter.subject)
                    .first { $0.recipient == delivery.recipient }
                    .map { (matter, $0) }
            }
        }
        guard let (matter, notice) = found else {
            throw LedgerStoreError(.notFound, "No notice to this recipient is queued.")
        }
        let event = RecipientNotified(
            channel: delivery.channel, notifiedAt: delivery.notifiedAt.text,
            recipient: delivery.recipient, requestId: matter.id.text, salt: Salt.random())
        let audit = AuditDraft(
            category: .dataMutation, action: "dsr.work", resourceType: "dsr",
            subject: notice.subject, requestID: requestID)
        let result = try await append(
            [.recipientNotified(event, of: notice, by: actor)],
            audit: Work.AuditRequest(actor: actor, draft: audit))
        if case .refused(let error) = result.mutations.first { throw error }
    }

    /// Of whoever tells when somebody was told.
    private static let clockSkew: Int64 = 300 * 1_000_000
}

/// What somebody is to be told of.
struct NoticeMatter {
    /// That the notices name.
    let id: EntityID
    let subject: SubjectTag
    /// Nil: a correction or a restriction.
    let erasure: ErasureRecord?

    /// - Parameter id: of a request, or of an order to erase.
    /// - Returns: nil for what `clearance` does not see.
    init?(_ id: EntityID, _ reader: ProjectionReader, _ clearance: Clearance) throws {
        if let erasure = try reader.erasure(id: id) {
            (subject, self.id, self.erasure) = (erasure.subject, id, erasure)
        } else if let request = try reader.request(id: id) {
            let head = try reader.contactHead(subject: request.subject)
            guard request.isThere(for: clearance), head?.isThere(for: clearance) ?? true else {
                return nil
            }
            subject = request.subject
            erasure =
                request.standing.kind.effect == .erasure
                ? try reader.erasure(of: subject) : nil
            self.id = erasure?.id ?? id
        } else {
            return nil
        }
        if let erasure {
            guard let label = try? SecurityLabel(erasure.label), clearance.canRead(label) else {
                return nil
            }
        }
    }

    static let missing = LedgerStoreError(
        .notFound, "There is no such request, and no such order to erase.")
}
