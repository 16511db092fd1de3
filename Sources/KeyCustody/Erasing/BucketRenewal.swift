import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Forgets the subjects of some buckets in one transaction: each bucket gets another key, under which its other subjects are
/// wrapped again. What older copies of the file hold goes with the next epoch, which is owed from here on.
struct BucketRenewal {
    let root: SymmetricKey
    let buckets: BucketKeys
    /// By bucket.
    let forgotten: [UInt16: [SubjectTag]]

    /// - Returns: how many of the subjects had a key, and the new bucket keys.
    func run(_ db: Database) throws -> (erased: Int, keys: [UInt16: BucketKeys.Bucket]) {
        try db.execute(sql: "UPDATE meta SET owes_epoch = 1")
        let update = try db.cachedStatement(
            sql: "UPDATE bucket SET generation = ?, wrapped = ? WHERE bucket = ?")
        var erased = 0
        var keys: [UInt16: BucketKeys.Bucket] = [:]
        for (number, tags) in forgotten.sorted(by: { $0.key < $1.key }) {
            let stored = try Int64.fetchOne(
                db, sql: "SELECT generation FROM bucket WHERE bucket = ?",
                arguments: [Int64(number)])
            let bucket = BucketKeys.Bucket(
                generation: (stored ?? 0) + 1, key: SymmetricKey(size: .bits256))
            erased += try forget(tags, db)
            try move(number, to: bucket, db)
            let binding = WrapBinding.bucket(number, generation: bucket.generation)
            try update.execute(arguments: [
                bucket.generation, try KeyWrap.seal(bucket.key, under: root, binding: binding),
                Int64(number),
            ])
            keys[number] = bucket
        }
        return (erased, keys)
    }

    private func forget(_ tags: [SubjectTag], _ db: Database) throws -> Int {
        var erased = 0
        for tag in tags {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO erased VALUES (?)")
                .execute(arguments: [tag.data])
            try db.cachedStatement(sql: "DELETE FROM subject WHERE tag = ?")
                .execute(arguments: [tag.data])
            erased += db.changesCount
        }
        return erased
    }

    private func move(_ number: UInt16, to bucket: BucketKeys.Bucket, _ db: Database) throws {
        let update = try db.cachedStatement(
            sql: "UPDATE subject SET generation = ?, wrapped = ? WHERE tag = ?")
        for row in try SubjectRow.all(inBucket: number, db) {
            let moved = try row.moved(from: buckets, to: bucket)
            try update.execute(arguments: [moved.generation, moved.wrapped, moved.tag.data])
        }
    }
}
