import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat
import Synchronization

/// The keys of DESIGN.md "Keys" as this process holds them: the root, the few keys below it and the bucket keys
/// for good, in locked memory; subject and day keys through bounded caches.
///
/// Caches are filled only after the transaction that made a key is durable: a key that was rolled back
/// must never encrypt anything.
final class KeyHierarchy: Sendable {
    /// What an erasure replaces as one, while it holds `gate` alone.
    struct Rooted: Sendable {
        let root: SecretBytes
        /// As wrapped by this root.
        let audit: KeyRecord
        let buckets: BucketKeys
    }

    private let rooted: Mutex<Rooted>
    let dataKEK: SecretBytes
    let logKey: LogKey
    /// Public keys of the trust file. What the records say was compared with the private keys.
    let published: [KeyRecord]
    /// One per indexed field.
    let indexKeys: [String: SecretBytes]
    let seal: StateSeal
    /// The TPM's key that vouches for seals now, and all that do in this generation.
    let attestationKey: TrustedKey
    let attestationKeys: [TrustedKey]
    /// The operator's key to which the root is sealed.
    let policyKey: PolicyKey
    /// Generations that ended, the first one first.
    let past: [GenerationRecord]
    /// Shared by whoever works with the root or a bucket key; an erasure holds it alone while it replaces them.
    let gate = ReadersWriterLock()
    let subjects = SecretKeyCache<SubjectTag>(capacity: CustodyLimits.cachedSubjectKeys)
    let dayKeys = SecretKeyCache<String>(capacity: CustodyLimits.cachedDayKeys)

    /// Opens every lasting key, which shows that root and keystore belong together, and that every record says
    /// of its key what is true.
    /// - Throws: `KeyCustodyError.cannotStart` or `.corrupt`, naming the row.
    init(root: SecretBytes, keystore: Keystore, logName: String) async throws(KeyCustodyError) {
        let rows = try await keystore.read { db in try StoredKeys(db) }
        try rows.check(root: root, logName: logName)
        let rootKey = root.transientKey()
        rooted = Mutex(
            Rooted(
                root: root, audit: try rows.only(.segmentManifest),
                buckets: BucketKeys(rows.buckets, root: rootKey)))
        seal = StateSeal(key: try rows.only(.state).openSecret(under: rootKey))
        for record in rows.records where !record.isDestroyed {
            try Self.checkPublicKey(of: record, under: rootKey)
        }
        published = rows.records.filter {
            !$0.isDestroyed && ($0.use == .checkpoint || $0.use == .segmentManifest)
        }
        dataKEK = try rows.only(.data).openSecret(under: rootKey)
        let log = try rows.only(.checkpoint)
        let generation = UInt64(clamping: log.generation)
        (attestationKey, attestationKeys) = try await Self.attestationKeys(
            keystore, seal, generation: generation)
        policyKey = try await keystore.read { [seal] db in try PolicyKeyRecord.of(db, seal).key }
        past = try await keystore.read { [seal] db in try GenerationRecord.all(db, seal) }
        guard past.last.map({ $0.generation < generation }) ?? true else {
            throw KeyCustodyError(
                .corrupt,
                "the keystore signs for generation \(generation), which has ended; restore keys/ as one whole"
            )
        }
        logKey = try LogKey(
            name: log.name, seed: log.openSecret(under: rootKey),
            generation: generation)
        var indexKeys: [String: SecretBytes] = [:]
        for (field, wrapped) in rows.indexKeys {
            indexKeys[field] = try KeyWrap.openSecret(
                wrapped, under: rootKey, binding: .indexKey(field))
        }
        self.indexKeys = indexKeys
    }

    var root: SecretBytes { rooted.withLock { $0.root } }
    var audit: KeyRecord { rooted.withLock { $0.audit } }
    var buckets: BucketKeys { rooted.withLock { $0.buckets } }

    /// The keystore was moved to this root: the keys are the same, wrapped anew.
    func replace(root: SecretBytes, _ records: [KeyRecord]) throws(KeyCustodyError) {
        let audit = try StoredKeys.only(.segmentManifest, of: records)
        rooted.withLock { rooted in
            rooted = Rooted(root: root, audit: audit, buckets: rooted.buckets)
        }
    }

    /// Some buckets have other keys, and the subjects have none.
    func replace(_ buckets: [UInt16: BucketKeys.Bucket], forgetting tags: [SubjectTag]) {
        rooted.withLock { rooted in
            rooted = Rooted(
                root: rooted.root, audit: rooted.audit,
                buckets: rooted.buckets.replacing(buckets))
        }
        for tag in tags { subjects.remove(tag) }
    }

    private static func attestationKeys(
        _ keystore: Keystore, _ seal: StateSeal, generation: UInt64
    ) async throws(KeyCustodyError) -> (TrustedKey, [TrustedKey]) {
        let records = try await keystore.read { db in try AttestationKeyRecord.all(db, seal) }
        var keys: [(record: AttestationKeyRecord, key: TrustedKey)] = []
        for record in records {
            do {
                let key = try TrustedKey(
                    use: .attestation, algorithm: .ecdsaP256, name: AttestationKeyRecord.name,
                    publicKey: record.publicKey, fromSize: 0, untilSize: nil,
                    sealCounter: record.sealCounter)
                keys.append((record, key))
            } catch {
                throw KeyCustodyError(
                    .corrupt, "the keystore's attestation key is none: \(error.message)")
            }
        }
        guard let active = keys.last(where: { $0.record.untilGeneration == nil }) else {
            throw KeyCustodyError(
                .cannotStart, "the keystore holds no attestation key; restore keys/ as one whole")
        }
        return (active.key, keys.filter { $0.record.counts(in: generation) }.map(\.key))
    }

    /// Derives the public key and its id again. The binding of the row stands over both already; this holds even
    /// where a row was written wrong.
    private static func checkPublicKey(
        of record: KeyRecord, under root: SymmetricKey
    ) throws(KeyCustodyError) {
        let secret = try record.openSecret(under: root)
        let derived: (publicKey: Data, keyID: String)?
        switch record.use {
        case .data, .suppression, .state: derived = nil
        case .checkpoint, .ticket:
            let key = try LogKey(name: record.name, seed: secret, generation: 1)
            derived = (Data(key.publicKey), key.keyIDText)
        case .segmentManifest:
            let spki = try rsaKey(secret, record).publicKey.derRepresentation
            derived = (spki, SPKI.keyID(spki))
        }
        guard record.publicKey == derived?.publicKey, record.keyID == derived?.keyID ?? record.name
        else {
            throw KeyCustodyError(
                .corrupt,
                "keystore row \(record.binding.row) announces another public key than its private key "
                    + "has; restore keys/ as one whole")
        }
    }

    /// Of this generation, as the trust file has them.
    func trustedKeys() throws(KeyCustodyError) -> [TrustedKey] {
        do {
            return try published.map { try $0.trusted() } + attestationKeys
        } catch {
            throw KeyCustodyError(.corrupt, "a public key of the keystore is none: \(error)")
        }
    }

    /// KEK-AUDIT, for one signature.
    func auditKey() throws(KeyCustodyError) -> _RSA.Signing.PrivateKey {
        let (root, audit) = rooted.withLock { ($0.root, $0.audit) }
        return try Self.rsaKey(audit.openSecret(under: root.transientKey()), audit)
    }

    private static func rsaKey(
        _ secret: SecretBytes, _ record: KeyRecord
    ) throws(KeyCustodyError) -> _RSA.Signing.PrivateKey {
        let key = secret.withUnsafeBytes { der in
            try? _RSA.Signing.PrivateKey(derRepresentation: der)
        }
        guard let key else {
            throw KeyCustodyError(
                .corrupt, "\(record.name) does not read as a key; restore keys/ as one whole")
        }
        return key
    }

    // MARK: day keys

    /// The day key `id`, nil when there is none.
    func dayKey(_ id: String, _ db: Database) throws -> SymmetricKey? {
        let statement = try db.cachedStatement(sql: "SELECT wrapped, created FROM dek WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        return try KeyWrap.openKey(
            row["wrapped"], under: dataKEK.transientKey(),
            binding: .dayKey(id, created: row["created"]))
    }

    /// The key that encrypts: that of `today`, or of a later day if there is one. The clock was set back then,
    /// and a key that a newer one has replaced only decrypts.
    /// - Parameter now: seconds since 1970, noted with a new key.
    func activeDayKey(
        today: String, now: Int64, _ db: Database
    ) throws -> (id: String, key: SymmetricKey) {
        let newest = try String.fetchOne(db, sql: "SELECT max(id) FROM dek")
        let id = max(newest ?? today, today)
        if let key = try dayKey(id, db) { return (id, key) }
        let key = SymmetricKey(size: .bits256)
        let wrapped = try KeyWrap.seal(
            key, under: dataKEK.transientKey(), binding: .dayKey(id, created: now))
        try db.cachedStatement(sql: "INSERT INTO dek VALUES (?, ?, ?)").execute(
            arguments: [id, wrapped, now])
        return (id, key)
    }
}
