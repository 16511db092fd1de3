import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat

/// Everything the first start writes into the keystore, wrapped and ready, so that one short transaction
/// holds it. Making it takes seconds: an RSA-4096 key is among it.
struct FirstKeys: Sendable {
    /// Fields that have a blind index.
    static let indexedFields = ["email", BlindIndex.wordField]

    private let logName: String
    private let rootCheck: Data
    private let rootMAC: Data
    private let records: [KeyRecord]
    private let indexKeys: [(field: String, wrapped: Data)]
    private let shelves: [BucketKeys.Shelf]
    private let seal: StateSeal
    private let counters: [CounterRecord]
    private let attestationKey: AttestationKeyRecord
    private let epoch: Int64
    private let policyKey: PolicyKey

    init(
        _ secrets: RootSecrets, in file: SealedRoot, logName: String, counters: [CounterRecord],
        keys: TPMKeys, policyKey: PolicyKey
    ) throws(KeyCustodyError) {
        let rootKey = secrets.root.transientKey()
        rootMAC = secrets.mac(of: file)
        self.logName = logName
        let state = SecretBytes.random(count: 32)
        seal = StateSeal(key: state)
        self.counters = counters
        self.policyKey = policyKey
        self.attestationKey = AttestationKeyRecord(
            serial: 1, publicKey: keys.attestation,
            sealCounter: counters.first { $0.purpose == .seal }?.counter.name ?? [],
            fromGeneration: 1, untilGeneration: nil)
        epoch = Int64(
            bitPattern: counters.first { $0.purpose == .epoch }?.first ?? 0)
        rootCheck = try KeyWrap.seal(
            Data(), under: rootKey, binding: .rootCheck(logName: logName, epoch: epoch))
        let auditKey: (record: KeyRecord, secret: SecretBytes) = try Self.newAuditKey()
        records =
            [
                try Self.logKey(logName, generation: 1, under: rootKey),
                try auditKey.record.wrapping(auditKey.secret, under: rootKey),
                try Self.symmetric(KeyRecord.dataName, .data, "AES-256-GCM", under: rootKey),
                try Self.symmetric(
                    KeyRecord.suppressionName, .suppression, "HMAC-SHA-256", under: rootKey),
                try Self.ticketKey(under: rootKey),
                try Self.symmetric(
                    KeyRecord.stateName, .state, "HMAC-SHA-256", state, under: rootKey),
            ] + (try KeyRecord.of(keys, under: rootKey))
        indexKeys = try Self.newIndexKeys(of: Self.indexedFields, under: rootKey)
        shelves = try BucketKeys.drawn().shelves(of: 0...UInt16.max, under: rootKey)
    }

    func insert(_ db: Database) throws {
        for record in records { try record.insert(db) }
        try Self.insert(indexKeys, db)
        for shelf in shelves { try shelf.insert(db) }
        try TreeRecord(generation: 1, seal: seal).begin(db)
        for counter in counters { try counter.save(db, seal) }
        try attestationKey.insert(db, seal)
        try PolicyKeyRecord(key: policyKey).insert(db, seal)
        try db.execute(
            sql: "INSERT INTO meta VALUES (1, ?, ?, ?, ?, 0)",
            arguments: [logName, epoch, rootCheck, rootMAC])
    }

    /// Drawn and wrapped.
    static func newIndexKeys(
        of fields: [String], under root: SymmetricKey
    ) throws(KeyCustodyError) -> [(field: String, wrapped: Data)] {
        var keys: [(field: String, wrapped: Data)] = []
        for field in fields {
            let wrapped = try KeyWrap.seal(
                SymmetricKey(size: .bits256), under: root, binding: .indexKey(field))
            keys.append((field, wrapped))
        }
        return keys
    }

    static func insert(_ indexKeys: [(field: String, wrapped: Data)], _ db: Database) throws {
        for (field, wrapped) in indexKeys {
            try db.execute(
                sql: "INSERT INTO index_key VALUES (?, ?)", arguments: [field, wrapped])
        }
    }

    /// The first log key of a generation; its name is the origin it signs for (FORMAT section 4).
    static func logKey(
        _ logName: String, generation: UInt64, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        guard let name = LedgerOrigin(name: logName, generation: generation)?.text else {
            throw KeyCustodyError(
                .cannotStart,
                "the log cannot be named \(logName); choose a name like chancery.localhost")
        }
        let (record, seed) = try newLogKey(named: name, generation: generation)
        return try record.wrapping(seed, under: root)
    }

    /// Drawn, not wrapped.
    static func newLogKey(
        named name: String, generation: UInt64, serial: Int64 = 1
    ) throws(KeyCustodyError) -> (KeyRecord, SecretBytes) {
        let seed = SecretBytes.random(count: LogKey.seedSize)
        let key = try LogKey(name: name, seed: seed, generation: generation)
        let record = KeyRecord(
            name: name, serial: serial, use: .checkpoint, generation: Int64(clamping: generation),
            algorithm: LogKey.algorithm, keyID: key.keyIDText,
            publicKey: Data(key.publicKey), fromSize: 0)
        return (record, seed)
    }

    /// Drawn, not wrapped; takes up to seconds.
    static func newAuditKey(
        generation: Int64 = 1, serial: Int64 = 1
    ) throws(KeyCustodyError) -> (KeyRecord, SecretBytes) {
        let key: _RSA.Signing.PrivateKey
        do {
            key = try _RSA.Signing.PrivateKey(
                keySize: _RSA.Signing.KeySize(bitCount: RSAPSS.keyBits))
        } catch {
            throw KeyCustodyError(.cannotStart, "no RSA-4096 key could be made; try again")
        }
        var der = key.pkcs8DERRepresentation
        defer { der.withUnsafeMutableBytes { Sodium.wipe($0) } }
        let spki = key.publicKey.derRepresentation
        let record = KeyRecord(
            name: KeyRecord.auditName, serial: serial, use: .segmentManifest,
            generation: generation, algorithm: RSAPSS.algorithm,
            keyID: SPKI.keyID(spki), publicKey: spki, fromSize: 0)
        return (record, der.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    private static func ticketKey(under root: SymmetricKey) throws(KeyCustodyError) -> KeyRecord {
        let seed = SecretBytes.random(count: LogKey.seedSize)
        let key = try LogKey(name: KeyRecord.ticketName, seed: seed, generation: 1)
        return try KeyRecord(
            name: KeyRecord.ticketName, use: .ticket, algorithm: LogKey.algorithm,
            keyID: key.keyIDText, publicKey: Data(key.publicKey)
        ).wrapping(seed, under: root)
    }

    private static func symmetric(
        _ name: String, _ use: KeyRecord.Use, _ algorithm: String,
        _ secret: SecretBytes = .random(count: 32), under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        try KeyRecord(name: name, use: use, algorithm: algorithm, keyID: name)
            .wrapping(secret, under: root)
    }
}
