import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Forgets some subjects in one transaction: their buckets get other keys, under which the other subjects in them are
/// wrapped again. What older copies of the file hold goes with the next epoch, which is owed from here on.
struct BucketRenewal {
    let root: SymmetricKey
    let buckets: BucketKeys
    let forgotten: [UInt16: [SubjectTag]]

    /// - Parameter forgotten: one of `slices`.
    init(_ hierarchy: KeyHierarchy, forgetting forgotten: [UInt16: [SubjectTag]]) {
        root = hierarchy.root.transientKey()
        buckets = hierarchy.buckets
        self.forgotten = forgotten
    }

    /// By bucket, so that none takes long: signatures and others come in between.
    /// - Parameter count: of all subjects that have a key.
    static func slices(
        of tags: some Sequence<SubjectTag>, among count: UInt64
    ) -> [[UInt16: [SubjectTag]]] {
        let rowsEach = max(1, Int(clamping: count) / BucketKeys.count)
        let bucketsAtOnce = max(1, CustodyLimits.maxRewrappedPerCommit / rowsEach)
        let byBucket = Dictionary(grouping: tags) { BucketKeys.number(of: $0) }
            .sorted { $0.key < $1.key }
        return stride(from: 0, to: byBucket.count, by: bucketsAtOnce).map { start in
            byBucket.dropFirst(start).prefix(bucketsAtOnce).reduce(into: [:]) {
                $0[$1.key] = $1.value
            }
        }
    }

    /// - Returns: how many of the subjects had a key, and what `KeyHierarchy.replace` is to be given.
    func run(_ db: Database) throws -> (erased: Int, buckets: BucketKeys) {
        try db.execute(sql: "UPDATE meta SET owes_epoch = 1")
        let renewed = buckets.renewing(forgotten.keys)
        var erased = 0
        for (number, tags) in forgotten.sorted(by: { $0.key < $1.key }) {
            erased += try forget(tags, db)
            try move(number, to: renewed, db)
        }
        for shelf in try renewed.shelves(of: forgotten.keys, under: root) { try shelf.save(db) }
        return (erased, renewed)
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

    private func move(_ number: UInt16, to renewed: BucketKeys, _ db: Database) throws {
        let update = try db.cachedStatement(
            sql: "UPDATE subject SET generation = ?, wrapped = ? WHERE tag = ?")
        for row in try SubjectRow.all(inBucket: number, db) {
            let moved = try row.moved(from: buckets, to: renewed)
            try update.execute(arguments: [moved.generation, moved.wrapped, moved.tag.data])
        }
    }
}
