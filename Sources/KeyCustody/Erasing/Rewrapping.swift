import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Moves a keystore to a new root, in one transaction: what the root wraps is opened under the old one and wrapped again.
/// Nothing on the way from the new root leads to what older copies of the file hold.
struct Rewrapping {
    let old: SymmetricKey
    let new: SymmetricKey

    /// - Parameter mac: of the file that holds the new root.
    func run(epoch: UInt64, mac: Data, _ db: Database) throws {
        for record in try KeyRecord.all(db) {
            try db.execute(
                sql: "UPDATE kek SET wrapped = ? WHERE name = ? AND serial = ?",
                arguments: [
                    try rewrap(record.wrapped, record.binding), record.name, record.serial,
                ])
        }
        for row in try Row.fetchAll(db, sql: "SELECT field, wrapped FROM index_key") {
            let field: String = row["field"]
            try db.execute(
                sql: "UPDATE index_key SET wrapped = ? WHERE field = ?",
                arguments: [try rewrap(row["wrapped"], .indexKey(field)), field])
        }
        for row in try Row.fetchAll(db, sql: "SELECT drawn, wrapped FROM idempotency_key") {
            let drawn: Int64 = row["drawn"]
            try db.execute(
                sql: "UPDATE idempotency_key SET wrapped = ? WHERE drawn = ?",
                arguments: [try rewrap(row["wrapped"], .idempotencyKey(drawn: drawn)), drawn])
        }
        try rewrapBuckets(db)
        let logName = try String.fetchOne(db, sql: "SELECT log_name FROM meta") ?? ""
        let epoch = Int64(bitPattern: epoch)
        let binding = WrapBinding.rootCheck(logName: logName, epoch: epoch)
        try db.execute(
            sql: "UPDATE meta SET epoch = ?, root_check = ?, root_mac = ?, owes_epoch = 0",
            arguments: [epoch, try KeyWrap.seal(Data(), under: new, binding: binding), mac])
    }

    private func rewrapBuckets(_ db: Database) throws {
        let update = try db.cachedStatement(sql: "UPDATE bucket SET wrapped = ? WHERE bucket = ?")
        for row in try BucketKeys.rows(db) {
            guard let number = UInt16(exactly: row.number) else { continue }
            let binding = WrapBinding.bucket(number, generation: row.generation)
            let wrapped: Data
            do throws(KeyCustodyError) {
                let key = try KeyWrap.openKey(row.wrapped, under: old, binding: binding)
                wrapped = try KeyWrap.seal(key, under: new, binding: binding)
            } catch {
                // A row that was damaged before stays so, and keeps nobody from being forgotten.
                guard error.code == .corrupt else { throw error }
                continue
            }
            try update.execute(arguments: [wrapped, row.number])
        }
    }

    private func rewrap(_ wrapped: Data, _ binding: WrapBinding) throws(KeyCustodyError) -> Data {
        let secret = try KeyWrap.openSecret(wrapped, under: old, binding: binding)
        return try KeyWrap.seal(secret, under: new, binding: binding)
    }
}
