import Crypto
import Foundation
import GRDB
import LedgerFormat

/// A row of `subject`: the key of one data subject, wrapped by its bucket's.
struct SubjectRow: Sendable {
    let tag: SubjectTag
    let generation: Int64
    let wrapped: Data

    /// `"chancery/keystore/v2" LF "subject" LF`, tag, bucket (UInt16), its generation (Int64): all of fixed size.
    private var associated: [UInt8] {
        var bytes = Self.domain
        bytes.reserveCapacity(bytes.count + 26)
        bytes += tag.bytes
        bytes.append(bigEndian: BucketKeys.number(of: tag))
        bytes.append(bigEndian: generation)
        return bytes
    }

    private static let domain = Array("chancery/keystore/v2\nsubject\n".utf8)

    private init(tag: SubjectTag, generation: Int64, wrapped: Data) {
        self.tag = tag
        self.generation = generation
        self.wrapped = wrapped
    }

    /// Wraps `key`; nothing is stored yet.
    init(_ tag: SubjectTag, _ key: SymmetricKey, _ buckets: BucketKeys) throws(KeyCustodyError) {
        let bucket = try buckets.bucket(of: tag)
        let bare = SubjectRow(tag: tag, generation: bucket.generation, wrapped: Data())
        self.init(
            tag: tag, generation: bucket.generation,
            wrapped: try KeyWrap.seal(key, under: bucket.key, associated: bare.associated))
    }

    /// - Throws: `KeyCustodyError.corrupt` naming the row.
    func open(_ buckets: BucketKeys) throws(KeyCustodyError) -> SymmetricKey {
        let bucket = try buckets.bucket(of: tag)
        guard bucket.generation == generation else {
            throw KeyCustodyError(
                .corrupt,
                "keystore row subject \(tag.hex) names another key of its bucket; restore keys/ as one "
                    + "whole")
        }
        return try KeyWrap.open(
            wrapped, under: bucket.key, associated: associated, row: "subject \(tag.hex)"
        ) { SymmetricKey(data: $0) }
    }

    /// Wrapped again for a bucket's next key. A row that does not open stays as it is: it was damaged before, and is
    /// none the less a row that does not open.
    func moved(
        from buckets: BucketKeys, to renewed: BucketKeys
    ) throws(KeyCustodyError) -> SubjectRow {
        let key: SymmetricKey
        do throws(KeyCustodyError) {
            key = try open(buckets)
        } catch {
            guard error.code == .corrupt else { throw error }
            return self
        }
        return try SubjectRow(tag, key, renewed)
    }

    /// Of tags that share their first 16 bits.
    static func all(inBucket number: UInt16, _ db: Database) throws -> [SubjectRow] {
        let low = Data([UInt8(number >> 8), UInt8(number & 0xFF)])
        let high = low + [UInt8](repeating: 0xFF, count: SubjectTag.byteCount - low.count)
        let statement = try db.cachedStatement(
            sql: "SELECT tag, generation, wrapped FROM subject WHERE tag BETWEEN ? AND ?")
        return try Row.fetchAll(statement, arguments: [low, high]).compactMap { row in
            SubjectTag(row["tag"] as Data).map {
                SubjectRow(tag: $0, generation: row["generation"], wrapped: row["wrapped"])
            }
        }
    }

    static func count(_ db: Database) throws -> UInt64 {
        UInt64(clamping: try Int64.fetchOne(db, sql: "SELECT count(*) FROM subject") ?? 0)
    }

    /// - Returns: nil for a subject that was never there or was erased.
    static func find(_ tag: SubjectTag, _ db: Database) throws -> SubjectRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT generation, wrapped FROM subject WHERE tag = ?")
        return try Row.fetchOne(statement, arguments: [tag.data]).map { row in
            SubjectRow(tag: tag, generation: row["generation"], wrapped: row["wrapped"])
        }
    }

    /// Whether the subject's key was destroyed here: it gets none again.
    static func isErased(_ tag: SubjectTag, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM erased WHERE tag = ?)"),
            arguments: [tag.data]) ?? false
    }

    /// What became of a key that was drawn.
    enum Insertion {
        case stored
        /// Another one was there, and counts.
        case found(SubjectRow)
        /// The subject was forgotten, and gets no key again.
        case erased
    }

    func insertOrFind(_ db: Database) throws -> Insertion {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO subject SELECT ?1, ?2, ?3 \
                WHERE NOT EXISTS (SELECT 1 FROM erased WHERE tag = ?1) ON CONFLICT DO NOTHING
                """)
        try statement.execute(arguments: [tag.data, generation, wrapped])
        if db.changesCount == 1 { return .stored }
        return try Self.find(tag, db).map(Insertion.found) ?? .erased
    }
}
