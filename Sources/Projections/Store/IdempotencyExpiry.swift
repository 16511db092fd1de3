import LedgerFormat

/// Takes away what an idempotency key did once nobody can make its tag any more: the keeper destroys a day's key
/// after 48 hours. A few rows with each batch, the oldest first, and more than the batch added, so that no batch takes
/// long and the table stays bounded. By the ledger's own time: a clock set forward takes nothing before an entry says so.
final class IdempotencyExpiry: Sendable {
    static let seconds: Int64 = 48 * 3_600
    private static let fewestRows = 64

    private let oldest: RawStatement
    private let delete: RawStatement

    init(_ statements: StatementSet) throws {
        oldest = try statements.prepare("SELECT at FROM idempotency ORDER BY position LIMIT 1")
        delete = try statements.prepare(
            """
            DELETE FROM idempotency WHERE position IN (SELECT position FROM
            (SELECT position, at FROM idempotency ORDER BY position LIMIT ?) WHERE at < ?)
            """)
    }

    func prune(now: LedgerTime, added: Int) throws {
        let limit = now.microsecondsSince1970 / 1_000_000 - Self.seconds
        guard let at = try oldest.first({ Int64(clamping: $0.number(0)) }), at < limit else {
            return
        }
        delete.bind(1, Int64(max(Self.fewestRows, added * 2)))
        delete.bind(2, limit)
        try delete.run()
    }
}
