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
        try rewrapShelves(db)
        let logName = try String.fetchOne(db, sql: "SELECT log_name FROM meta") ?? ""
        let epoch = Int64(bitPattern: epoch)
        let binding = WrapBinding.rootCheck(logName: logName, epoch: epoch)
        try db.execute(
            sql: "UPDATE meta SET epoch = ?, root_check = ?, root_mac = ?, owes_epoch = 0",
            arguments: [epoch, try KeyWrap.seal(Data(), under: new, binding: binding), mac])
    }

    private func rewrapShelves(_ db: Database) throws {
        // One after the other: together they are megabytes.
        for number in 0..<Int64(BucketKeys.shelves) {
            guard let shelf = try BucketKeys.Shelf.find(number, db) else { continue }
            let wrapped: Data
            do throws(KeyCustodyError) {
                wrapped = try rewrap(shelf.wrapped, .shelf(number))
            } catch {
                // A row that was damaged before stays so, and keeps nobody from being forgotten.
                guard error.code == .corrupt else { throw error }
                continue
            }
            try BucketKeys.Shelf(number: number, wrapped: wrapped).save(db)
        }
    }

    private func rewrap(_ wrapped: Data, _ binding: WrapBinding) throws(KeyCustodyError) -> Data {
        try KeyWrap.open(wrapped, under: old, binding: binding) { secret in
            Result { () throws(KeyCustodyError) in
                try KeyWrap.seal(secret, under: new, binding: binding)
            }
        }.get()
    }
}
