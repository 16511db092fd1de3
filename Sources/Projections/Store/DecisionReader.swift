public import ContactModel
import Foundation
public import LedgerFormat

/// What is known of a subject that an append is about.
public struct SubjectState: Sendable {
    public var streams = SubjectStreams()
    /// Nil: there is no such contact.
    public var contact: ContactHead?

    public init() {}
}

/// The questions that every append asks, and every preparation of one. Valid only where `ProjectionStore` lends one: on
/// the writer's own connection it sees what was written, committed or not, and finds the pages in memory.
public final class DecisionReader: Sendable {
    private let position: RawStatement
    private let subject: RawStatement
    private let contact: RawStatement
    private let owned: RawStatement
    private let taken: RawStatement
    private let known: RawStatement
    private let seal: RawStatement
    private let erasure: RawStatement
    private let order: RawStatement
    private let activated: RawStatement
    private let retired: RawStatement
    private let policySet: RawStatement
    private let consent: RawStatement
    private let provenance: RawStatement
    private let request: RawStatement
    private let restriction: RawStatement
    private let openRequest: RawStatement
    private let enrichment: RawStatement
    private let newestEnrichment: RawStatement
    private let enrichmentStep: RawStatement
    private let values: RawStatement
    private let objection: RawStatement
    private let hold: RawStatement
    private let recipients: RawStatement
    private let recipientCount: RawStatement
    private let recipient: RawStatement
    private let notice: RawStatement

    init(_ statements: StatementSet) throws {
        position = try statements.prepare("SELECT size FROM meta")
        contact = try statements.prepare(SubjectTable.headByContactID)
        owned = try statements.prepare(
            "SELECT subject FROM unique_value WHERE index_name = ? AND value = ?")
        subject = try statements.prepare(SubjectTable.one)
        taken = try statements.prepare(
            """
            SELECT EXISTS (SELECT 1 FROM contact WHERE contact_id = ?)
            OR EXISTS (SELECT 1 FROM unique_value WHERE index_name = ? AND value = ?)
            """)
        known = try statements.prepare(
            "SELECT request, position, count FROM idempotency WHERE key = ?")
        erasure = try statements.prepare("SELECT 1 FROM erasure WHERE subject = ?")
        order = try statements.prepare("SELECT 1 FROM erased WHERE id = ?")
        activated = try statements.prepare(Self.key("activated"))
        retired = try statements.prepare(Self.key("retired"))
        policySet = try statements.prepare("SELECT max(position) FROM policy_set")
        consent = try statements.prepare(
            "SELECT 1 FROM consent WHERE subject = ? AND id = ? AND revoked_at IS NULL")
        provenance = try statements.prepare(
            "SELECT 1 FROM provenance WHERE subject = ? AND id = ?")
        request = try statements.prepare(
            "SELECT \(RequestRow.columns) FROM dsr_request WHERE id = ?")
        openRequest = try statements.prepare(
            "SELECT \(RequestRow.columns) FROM dsr_request WHERE subject = ? AND is_open = 1")
        restriction = try statements.prepare("SELECT request FROM restriction WHERE subject = ?")
        enrichment = try statements.prepare(
            "SELECT \(EnrichmentRow.columns) FROM enrichment WHERE id = ?")
        newestEnrichment = try statements.prepare(EnrichmentRow.newestOfSubject)
        enrichmentStep = try statements.prepare(
            "SELECT position FROM enrichment_step WHERE enrichment = ? ORDER BY position")
        values = try statements.prepare(
            """
            SELECT a.id, a.type, a.confidence, a.valid_from, p.source_type, p.source_identity FROM attribute a
            LEFT JOIN \(ProvenanceTable.joined(subject: "a.subject", id: "a.provenance_id"))
            WHERE a.subject = ? AND a.superseded IS NULL ORDER BY a.position
            """)
        objection = try statements.prepare(
            "SELECT 1 FROM objection WHERE subject = ? AND purposes = ''")
        hold = try statements.prepare(
            "SELECT \(HoldTable.columns) FROM legal_hold WHERE subject = ? ORDER BY position")
        recipients = try statements.prepare(
            """
            SELECT recipient FROM sharing WHERE subject = ?
            GROUP BY recipient ORDER BY min(position) LIMIT ?
            """)
        recipientCount = try statements.prepare(
            "SELECT count(DISTINCT recipient) FROM sharing WHERE subject = ?")
        recipient = try statements.prepare(
            "SELECT 1 FROM sharing WHERE subject = ? AND recipient = ? LIMIT 1")
        notice = try statements.prepare(
            "SELECT \(NoticeTable.columns) FROM notice WHERE request = ? AND recipient = ?")
        seal = try statements.prepare("SELECT 1 FROM sealed_segment WHERE segment = ?")
    }

    /// Entries 0 ..< size of the generation are projected.
    public func size() throws -> UInt64 { try position.first { $0.number(0) } ?? 0 }

    public func contact(id: ContactID) throws -> ContactHead? {
        contact.bind(1, blob: id)
        return try contact.first { row in
            SubjectTag(row.bytes(0)).map { subject in
                ContactHead(
                    subject: subject, contactID: id, label: row.text(1), version: row.number(2))
            }
        } ?? nil
    }

    private static func key(_ column: String) -> String {
        """
        SELECT 1 FROM signing_key JOIN meta USING (origin)
        WHERE use = ? AND key_id = ? AND \(column) IS NOT NULL
        """
    }

    /// Whether the generation announces a key.
    public func isActivated(_ use: String, _ keyID: String) throws -> Bool {
        try isSaid(activated, use, keyID)
    }

    /// Whether it retires one.
    public func isRetired(_ use: String, _ keyID: String) throws -> Bool {
        try isSaid(retired, use, keyID)
    }

    private func isSaid(_ statement: RawStatement, _ use: String, _ keyID: String) throws -> Bool {
        statement.bind(1, use)
        statement.bind(2, keyID)
        return try statement.first { _ in true } ?? false
    }

    /// Who has a unique value.
    public func owner(of unique: UniqueValue) throws -> SubjectTag? {
        owned.bind(1, unique.index)
        owned.bind(2, blob: unique.value)
        return try owned.first { SubjectTag($0.bytes(0)) } ?? nil
    }

    public func state(of tag: SubjectTag) throws -> SubjectState {
        subject.bind(1, blob: tag)
        return try subject.first { row in
            var state = SubjectState()
            state.streams = SubjectTable.streams(row, from: 3)
            if let id = ContactID(row.bytes(0)) {
                state.contact = ContactHead(
                    subject: tag, contactID: id, label: row.text(1), version: row.number(2))
            }
            return state
        } ?? SubjectState()
    }

    /// Whether a contact id or a unique value belongs to somebody.
    public func isTaken(id: ContactID, unique: UniqueValue?) throws -> Bool {
        taken.bind(1, blob: id)
        if let unique {
            taken.bind(2, unique.index)
            taken.bind(3, blob: unique.value)
        } else {
            taken.bindNull(2)
            taken.bindNull(3)
        }
        return try taken.first { $0.number(0) != 0 } ?? false
    }

    public func idempotency(_ key: Digest32) throws -> IdempotencyRecord? {
        known.bind(1, blob: key)
        return try known.first { row in
            Digest32(row.bytes(0)).map { request in
                IdempotencyRecord(
                    request: request, position: row.number(1), count: row.number(2))
            }
        } ?? nil
    }

    /// Whether an order to erase the subject has not been carried out.
    public func isErasureOpen(_ subject: SubjectTag) throws -> Bool {
        erasure.bind(1, blob: subject)
        return try erasure.first { _ in true } ?? false
    }

    /// Whether it is the id of an order to erase, carried out or not.
    public func isErasure(_ id: EntityID) throws -> Bool {
        order.bind(1, blob: Data(id.bytes))
        return try order.first { _ in true } ?? false
    }

    /// Whether a contact has a consent or other legal basis by this id that was not revoked.
    public func isConsentInForce(_ id: String, of subject: SubjectTag) throws -> Bool {
        consent.bind(1, blob: subject)
        consent.bind(2, id)
        return try consent.first { _ in true } ?? false
    }

    /// Whether a contact has a provenance record by this id.
    public func hasProvenance(_ id: String, of subject: SubjectTag) throws -> Bool {
        provenance.bind(1, blob: subject)
        provenance.bind(2, id)
        return try provenance.first { _ in true } ?? false
    }

    /// Position of the newest `PolicySetActivated`; 0, where none can be: there is none.
    public func policyVersion() throws -> UInt64 { try policySet.first { $0.number(0) } ?? 0 }

    public func request(_ id: EntityID) throws -> RequestRecord? {
        request.bind(1, blob: Data(id.bytes))
        return try request.first { RequestRow.record($0) } ?? nil
    }

    /// Whether a request to correct what is said of a contact is in progress.
    public func isCorrecting(_ subject: SubjectTag) throws -> Bool {
        openRequest.bind(1, blob: subject)
        var found = false
        try openRequest.forEach { row in
            guard let record = RequestRow.record(row) else { return }
            found =
                found
                || record.standing.state == .inProgress
                    && record.standing.kind.effect == .correction
        }
        return found
    }

    /// The requests that a contact is restricted by.
    public func restrictions(of subject: SubjectTag) throws -> Set<EntityID> {
        restriction.bind(1, blob: subject)
        var requests: Set<EntityID> = []
        try restriction.forEach { row in
            if let id = EntityID(bytes: Array(row.bytes(0))) { requests.insert(id) }
        }
        return requests
    }

    public func enrichment(_ id: EntityID) throws -> EnrichmentRecord? {
        enrichment.bind(1, blob: Data(id.bytes))
        return try enrichment.first { EnrichmentRow.record($0) } ?? nil
    }

    /// The newest of a contact: no other is open.
    public func enrichment(of subject: SubjectTag) throws -> EnrichmentRecord? {
        newestEnrichment.bind(1, blob: subject)
        return try newestEnrichment.first { EnrichmentRow.record($0) } ?? nil
    }

    /// Positions of the entries that an enrichment went on by.
    public func steps(ofEnrichment id: EntityID) throws -> [UInt64] {
        enrichmentStep.bind(1, blob: Data(id.bytes))
        var positions: [UInt64] = []
        try enrichmentStep.forEach { positions.append($0.number(0)) }
        return positions
    }

    /// A contact's current values as the rule of merging sees them.
    public func contestants(
        of subject: SubjectTag, vendors: [String]
    ) throws -> [EnrichmentMerge.Contestant] {
        values.bind(1, blob: subject)
        var found: [EnrichmentMerge.Contestant] = []
        try values.forEach { row in
            let rank = EnrichmentMerge.sourceRank(
                row.isNull(4) ? nil : SourceType(rawValue: row.text(4)),
                row.isNull(5) ? nil : row.text(5), vendors: vendors)
            found.append(
                EnrichmentMerge.Contestant(
                    id: row.text(0), type: row.text(1), confidence: Int(row.number(2)),
                    validFrom: row.text(3), sourceRank: rank))
        }
        return found
    }

    /// Whether somebody objects to automated merging (Article 22 GDPR).
    public func objectsToMerging(_ subject: SubjectTag) throws -> Bool {
        objection.bind(1, blob: subject)
        return try objection.first { _ in true } ?? false
    }

    /// Every hold that a contact has had, the oldest first.
    public func holds(of subject: SubjectTag) throws -> [HoldRecord] {
        hold.bind(1, blob: subject)
        var holds: [HoldRecord] = []
        try hold.forEach { row in
            // One that does not read may be in force.
            guard let record = HoldTable.record(row) else {
                throw ProjectionError(.unusable, "A hold's row in views/ is damaged; rebuild them.")
            }
            holds.append(record)
        }
        return holds
    }

    /// The first of those whom a contact's data was given, in that order, and how many there are.
    public func recipients(
        of subject: SubjectTag, limit: Int
    ) throws -> (first: [String], count: UInt64) {
        recipientCount.bind(1, blob: subject)
        let count = try recipientCount.first { $0.number(0) } ?? 0
        recipients.bind(1, blob: subject)
        recipients.bind(2, Int64(limit))
        var first: [String] = []
        try recipients.forEach { first.append($0.text(0)) }
        return (first, count)
    }

    /// Whether a contact's data was given to somebody.
    public func isRecipient(_ name: String, of subject: SubjectTag) throws -> Bool {
        recipient.bind(1, blob: subject)
        recipient.bind(2, name)
        return try recipient.first { _ in true } ?? false
    }

    /// Of a request or of an order to erase.
    public func notice(to recipient: String, of id: EntityID) throws -> NoticeRecord? {
        notice.bind(1, blob: Data(id.bytes))
        notice.bind(2, recipient)
        return try notice.first { NoticeTable.record($0) } ?? nil
    }

    /// Whether the seal of a segment stands in the ledger.
    public func isSealed(_ segment: UInt64) throws -> Bool {
        seal.bind(1, segment)
        return try seal.first { _ in true } ?? false
    }
}
