import GRDB
import LedgerFormat

/// Takes away what an idempotency key did once nobody can make its tag any more: the keeper destroys a day's key
/// after 48 hours. A few rows with each batch, and more than the batch added, so that no batch takes long and the
/// table stays bounded. By the ledger's own time: a clock set forward takes nothing before an entry says so.
enum IdempotencyExpiry {
    static let seconds: Int64 = 48 * 3_600
    private static let fewestRows = 64

    static func prune(_ db: Database, now: LedgerTime, added: Int) throws {
        let statement = try db.cachedStatement(
            sql: """
                DELETE FROM idempotency WHERE key IN
                (SELECT key FROM idempotency WHERE at < ? ORDER BY at LIMIT ?)
                """)
        try statement.execute(arguments: [
            now.microsecondsSince1970 / 1_000_000 - seconds, max(fewestRows, added * 2),
        ])
    }
}
