import ContactModel
import Foundation
import GRDB
public import LedgerFormat

/// Where an entry of a contact stands, and what the tables know of the value that it brought.
public struct HistoryPlace: Hashable, Sendable {
    public let position: UInt64
    /// Position of the entry that brought a newer value; nil: none did, or it brought none.
    public let superseded: UInt64?
    /// Of an attribute: until when it holds.
    public let validUntil: String?
    public let sourceType: String?
    public let sourceIdentity: String?

    /// The same before anything newer came.
    public func asRecorded(_ validUntil: String?) -> HistoryPlace {
        HistoryPlace(
            position: position, superseded: nil, validUntil: validUntil, sourceType: sourceType,
            sourceIdentity: sourceIdentity)
    }
}

/// Which entries of a contact are read.
public enum HistorySelection: Sendable {
    case everything
    /// Those that bring an address, a name or an attribute, or what a vendor sent.
    case values
    /// Provenance records and the attributes that name them.
    case provenance
}

extension ProjectionReader {
    /// Entries of a contact in the order of the ledger, but for audit entries.
    ///
    /// - Parameter range: of positions.
    public func history(
        _ subject: SubjectTag, in range: Range<UInt64>, limit: Int,
        _ selection: HistorySelection
    ) throws -> [HistoryPlace] {
        try Row.fetchAll(
            try db.cachedStatement(sql: Self.statement(selection)),
            arguments: [
                "subject": subject.data, "first": Int64(clamping: range.lowerBound),
                "last": Int64(clamping: range.upperBound), "limit": limit,
            ]
        ).map { row in
            HistoryPlace(
                position: Self.number(row, 0),
                superseded: (row[1] as Int64?).map { UInt64(clamping: $0) }, validUntil: row[2],
                sourceType: row[3], sourceIdentity: row[4])
        }
    }

    private static func statement(_ selection: HistorySelection) -> String {
        switch selection {
        case .everything: everything
        case .values: values
        case .provenance: sources
        }
    }

    private static let everything = pages([created, attributes, events(""), consents, provenance])
    private static let values = pages([
        created, attributes, events("AND type IN ('ContactUpdated', 'EnrichmentReceived')"),
    ])

    private static let sources = pages([attributes, provenance])

    /// Each part brings no more rows than a page has, so that a page of a long history costs what its first does.
    private static func pages(_ parts: [String]) -> String {
        let union = parts.map { part in
            "SELECT * FROM (\(part) ORDER BY position LIMIT :limit)"
        }.joined(separator: " UNION ALL ")
        return """
            SELECT e.position, e.superseded, e.valid_until, p.source_type, p.source_identity
            FROM (\(union)) e LEFT JOIN \(ProvenanceTable.joined(subject: ":subject", id: "e.provenance_id"))
            ORDER BY e.position LIMIT :limit
            """
    }

    private static let within = "position >= :first AND position < :last"

    /// The position of the next `ContactUpdated` behind one.
    private static func nextUpdate(behind position: String) -> String {
        "(SELECT min(u.position) FROM subject_event u WHERE u.subject = :subject AND u.type = 'ContactUpdated' AND u.position > \(position))"
    }

    private static let created = """
        SELECT id AS position, \(nextUpdate(behind: "id")) AS superseded, NULL AS valid_until, NULL AS provenance_id
        FROM contact WHERE id = (SELECT contact FROM subject WHERE tag = :subject) AND id >= :first AND id < :last
        """

    private static let attributes = """
        SELECT position, superseded, valid_until, provenance_id FROM attribute
        WHERE subject = :subject AND \(within)
        """

    private static func events(_ condition: String) -> String {
        """
        SELECT position, iif(type = 'ContactUpdated', \(nextUpdate(behind: "s.position")), NULL), NULL, NULL
        FROM subject_event s WHERE subject = :subject AND \(within) \(condition)
        """
    }

    private static let consents =
        "SELECT position, NULL, NULL, NULL FROM consent WHERE subject = :subject AND \(within)"
    private static let provenance =
        "SELECT position, NULL, NULL, NULL FROM provenance WHERE subject = :subject AND \(within)"
}
