import Crypto
import Foundation
import GRDB
import LedgerFormat

/// The keys of DESIGN.md "Keys" as this process holds them: the root and the few keys below it for good, in
/// locked memory; subject and day keys through bounded caches; bucket keys for one look-up each.
///
/// Caches are filled only after the transaction that made a key is durable: a key that was rolled back
/// must never encrypt anything.
final class KeyHierarchy: Sendable {
    let root: SecretBytes
    let dataKEK: SecretBytes
    let logKey: LogKey
    let audit: KeyRecord
    /// One per indexed field.
    let indexKeys: [String: SecretBytes]
    let subjects = SecretKeyCache<SubjectTag>(capacity: CustodyLimits.cachedSubjectKeys)
    let dayKeys = SecretKeyCache<String>(capacity: CustodyLimits.cachedDayKeys)

    /// An opened bucket key.
    private struct Bucket {
        let number: UInt16
        let generation: Int64
        let key: SymmetricKey

        /// The first 12 bits of the tag, so that 4096 buckets fill evenly.
        static func number(of tag: SubjectTag) -> UInt16 {
            tag.bytes.prefix(2).reduce(0) { $0 << 8 | UInt16($1) } >> 4
        }
    }

    /// Opens the lasting keys, which shows that root and keystore belong together.
    /// - Throws: `KeyCustodyError.cannotStart` or `.corrupt`, naming the row.
    init(root: SecretBytes, keystore: Keystore, logName: String) async throws(KeyCustodyError) {
        let rows = try await keystore.read { db in try StoredKeys(db) }
        try rows.check(root: root, logName: logName)
        let rootKey = root.transientKey()
        self.root = root
        audit = try rows.only(.segmentManifest)
        let data = try rows.only(.data)
        dataKEK = try KeyWrap.openSecret(data.wrapped, under: rootKey, binding: data.binding)
        let log = try rows.only(.checkpoint)
        logKey = try LogKey(
            name: log.name,
            seed: KeyWrap.openSecret(log.wrapped, under: rootKey, binding: log.binding),
            generation: UInt64(clamping: log.generation))
        var indexKeys: [String: SecretBytes] = [:]
        for (field, wrapped) in rows.indexKeys {
            indexKeys[field] = try KeyWrap.openSecret(
                wrapped, under: rootKey, binding: .indexKey(field))
        }
        self.indexKeys = indexKeys
    }

    // MARK: day keys

    /// The day key `id`, nil when there is none.
    func dayKey(_ id: String, _ db: Database) throws -> SymmetricKey? {
        let statement = try db.cachedStatement(sql: "SELECT wrapped FROM dek WHERE id = ?")
        guard let wrapped = try Data.fetchOne(statement, arguments: [id]) else { return nil }
        return try KeyWrap.openKey(
            wrapped, under: dataKEK.transientKey(), binding: .dayKey(id))
    }

    /// - Parameter now: seconds since 1970, noted with a new key.
    func dayKeyOrNew(_ id: String, now: Int64, _ db: Database) throws -> SymmetricKey {
        if let key = try dayKey(id, db) { return key }
        let key = SymmetricKey(size: .bits256)
        let wrapped = try KeyWrap.seal(key, under: dataKEK.transientKey(), binding: .dayKey(id))
        try db.cachedStatement(sql: "INSERT INTO dek VALUES (?, ?, ?)").execute(
            arguments: [id, wrapped, now])
        return key
    }

    // MARK: subject keys

    /// The key of a data subject, nil when there is none (never was, or was erased).
    func subjectKey(_ tag: SubjectTag, _ db: Database) throws -> SymmetricKey? {
        let statement = try db.cachedStatement(
            sql: "SELECT bucket, bucket_generation, wrapped FROM subject WHERE tag = ?")
        guard let row = try Row.fetchOne(statement, arguments: [Data(tag.bytes)]) else {
            return nil
        }
        let generation: Int64 = row["bucket_generation"]
        let number = Bucket.number(of: tag)
        guard row["bucket"] == Int64(number), let bucket = try bucket(number, db),
            bucket.generation == generation
        else {
            throw KeyCustodyError(
                .corrupt,
                "keystore row subject \(tag.hex) names another bucket or an older one; restore keys/ "
                    + "as one whole")
        }
        return try KeyWrap.openKey(
            row["wrapped"], under: bucket.key,
            binding: .subject(tag, bucket: number, generation: generation))
    }

    /// Draws a key for a subject that has none. A bucket's key is drawn with its first subject.
    func newSubjectKey(_ tag: SubjectTag, _ db: Database) throws -> SymmetricKey {
        let number = Bucket.number(of: tag)
        let bucket = try bucket(number, db) ?? newBucket(number, db)
        let key = SymmetricKey(size: .bits256)
        let wrapped = try KeyWrap.seal(
            key, under: bucket.key,
            binding: .subject(tag, bucket: number, generation: bucket.generation))
        try db.cachedStatement(sql: "INSERT INTO subject VALUES (?, ?, ?, ?)").execute(
            arguments: [Data(tag.bytes), Int64(number), bucket.generation, wrapped])
        return key
    }

    private func bucket(_ number: UInt16, _ db: Database) throws -> Bucket? {
        let statement = try db.cachedStatement(
            sql: "SELECT generation, wrapped FROM bucket WHERE bucket = ?")
        guard let row = try Row.fetchOne(statement, arguments: [Int64(number)]) else { return nil }
        let generation: Int64 = row["generation"]
        let key = try KeyWrap.openKey(
            row["wrapped"], under: root.transientKey(),
            binding: .bucket(number, generation: generation))
        return Bucket(number: number, generation: generation, key: key)
    }

    private func newBucket(_ number: UInt16, _ db: Database) throws -> Bucket {
        let key = SymmetricKey(size: .bits256)
        let wrapped = try KeyWrap.seal(
            key, under: root.transientKey(), binding: .bucket(number, generation: 1))
        try db.cachedStatement(sql: "INSERT INTO bucket VALUES (?, 1, ?)").execute(
            arguments: [Int64(number), wrapped])
        return Bucket(number: number, generation: 1, key: key)
    }
}
