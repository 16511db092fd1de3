import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Moves a keystore to a new root without the subjects that are forgotten: nothing on the way from the new root leads to
/// their keys. One transaction; secrets are opened under the old root and wrapped again.
struct Rewrapping {
    let old: SymmetricKey
    let new: SymmetricKey
    let buckets: BucketKeys
    let forgotten: Set<SubjectTag>

    /// - Returns: how many of the subjects had a key.
    func run(epoch: UInt64, _ db: Database) throws -> Int {
        try rewrapRecords(db)
        try rewrapIndexKeys(db)
        try rewrapIdempotencyKeys(db)
        let erased = try rewrapBuckets(db)
        let logName = try String.fetchOne(db, sql: "SELECT log_name FROM meta") ?? ""
        let epoch = Int64(bitPattern: epoch)
        try db.execute(
            sql: "UPDATE meta SET epoch = ?, root_check = ?",
            arguments: [
                epoch,
                try KeyWrap.seal(
                    Data(), under: new, binding: .rootCheck(logName: logName, epoch: epoch)),
            ])
        return erased
    }

    private func rewrapRecords(_ db: Database) throws {
        for record in try KeyRecord.all(db) {
            try db.execute(
                sql: "UPDATE kek SET wrapped = ? WHERE name = ? AND serial = ?",
                arguments: [
                    try rewrap(record.wrapped, record.binding), record.name, record.serial,
                ])
        }
    }

    private func rewrapIndexKeys(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT field, wrapped FROM index_key") {
            let field: String = row["field"]
            try db.execute(
                sql: "UPDATE index_key SET wrapped = ? WHERE field = ?",
                arguments: [try rewrap(row["wrapped"], .indexKey(field)), field])
        }
    }

    private func rewrapIdempotencyKeys(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT drawn, wrapped FROM idempotency_key") {
            let drawn: Int64 = row["drawn"]
            try db.execute(
                sql: "UPDATE idempotency_key SET wrapped = ? WHERE drawn = ?",
                arguments: [try rewrap(row["wrapped"], .idempotencyKey(drawn: drawn)), drawn])
        }
    }

    /// A bucket of a forgotten subject gets another key, under which its other subjects are wrapped again.
    private func rewrapBuckets(_ db: Database) throws -> Int {
        let affected = Dictionary(grouping: forgotten) { BucketKeys.number(of: $0) }
        let update = try db.cachedStatement(
            sql: "UPDATE bucket SET generation = ?, wrapped = ? WHERE bucket = ?")
        var erased = 0
        for row in try BucketKeys.rows(db) {
            guard let number = UInt16(exactly: row.number) else { continue }
            guard let tags = affected[number] else {
                let binding = WrapBinding.bucket(number, generation: row.generation)
                try update.execute(arguments: [
                    row.generation, try rewrapIfReadable(row.wrapped, binding), row.number,
                ])
                continue
            }
            let generation = row.generation + 1
            let key = SymmetricKey(size: .bits256)
            erased += try renew(
                number, tags, BucketKeys.Bucket(generation: generation, key: key), db)
            try update.execute(arguments: [
                generation,
                try KeyWrap.seal(
                    key, under: new, binding: .bucket(number, generation: generation)),
                row.number,
            ])
        }
        return erased
    }

    private func renew(
        _ number: UInt16, _ tags: [SubjectTag], _ bucket: BucketKeys.Bucket, _ db: Database
    ) throws -> Int {
        var erased = 0
        for tag in tags {
            try db.execute(sql: "DELETE FROM subject WHERE tag = ?", arguments: [tag.data])
            erased += db.changesCount
        }
        let update = try db.cachedStatement(
            sql: "UPDATE subject SET generation = ?, wrapped = ? WHERE tag = ?")
        for row in try SubjectRow.all(inBucket: number, db) {
            let moved = try row.moved(from: buckets, to: bucket)
            try update.execute(arguments: [moved.generation, moved.wrapped, moved.tag.data])
        }
        return erased
    }

    private func rewrap(_ wrapped: Data, _ binding: WrapBinding) throws(KeyCustodyError) -> Data {
        let secret = try KeyWrap.openSecret(wrapped, under: old, binding: binding)
        return try KeyWrap.seal(secret, under: new, binding: binding)
    }

    /// A row that was damaged before stays so, and keeps nobody from being forgotten.
    private func rewrapIfReadable(_ wrapped: Data, _ binding: WrapBinding) throws -> Data {
        do throws(KeyCustodyError) {
            let key = try KeyWrap.openKey(wrapped, under: old, binding: binding)
            return try KeyWrap.seal(key, under: new, binding: binding)
        } catch {
            guard error.code == .corrupt else { throw error }
            return wrapped
        }
    }
}
