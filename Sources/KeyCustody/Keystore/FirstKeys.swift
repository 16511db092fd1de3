import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat

/// Everything the first start writes into the keystore, wrapped and ready, so that one short transaction
/// holds it. Making it takes seconds: an RSA-4096 key is among it.
struct FirstKeys: Sendable {
    /// Fields that have a blind index.
    static let indexedFields = ["email"]

    private let logName: String
    private let rootCheck: Data
    private let records: [KeyRecord]
    private let indexKeys: [(field: String, wrapped: Data)]

    init(root: SecretBytes, logName: String) throws(KeyCustodyError) {
        let rootKey = root.transientKey()
        self.logName = logName
        rootCheck = try KeyWrap.seal(Data(), under: rootKey, binding: .rootCheck)
        records = [
            try Self.logKey(logName, under: rootKey),
            try Self.auditKey(under: rootKey),
            try Self.symmetric(KeyRecord.dataName, .data, "AES-256-GCM", under: rootKey),
            try Self.symmetric(
                KeyRecord.suppressionName, .suppression, "HMAC-SHA-256", under: rootKey),
            try Self.ticketKey(under: rootKey),
        ]
        var indexKeys: [(field: String, wrapped: Data)] = []
        for field in Self.indexedFields {
            let wrapped = try KeyWrap.seal(
                SymmetricKey(size: .bits256), under: rootKey, binding: .indexKey(field))
            indexKeys.append((field, wrapped))
        }
        self.indexKeys = indexKeys
    }

    func insert(_ db: Database) throws {
        for record in records { try record.insert(db) }
        for (field, wrapped) in indexKeys {
            try db.execute(
                sql: "INSERT INTO index_key VALUES (?, ?)", arguments: [field, wrapped])
        }
        try db.execute(sql: "INSERT INTO log_state VALUES (1, 0, ?)", arguments: [Data()])
        try db.execute(
            sql: "INSERT INTO meta VALUES (1, ?, 0, ?)", arguments: [logName, rootCheck])
    }

    /// The log key of generation 1; its name is the origin it signs for (FORMAT section 4).
    private static func logKey(
        _ logName: String, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        let seed = SecretBytes.random(count: LogKey.seedSize)
        guard let name = LedgerOrigin(name: logName, generation: 1)?.text else {
            throw KeyCustodyError(
                .cannotStart,
                "the log cannot be named \(logName); choose a name like chancery.localhost")
        }
        let key = try LogKey(name: name, seed: seed, generation: 1)
        return KeyRecord(
            name: name, use: .checkpoint, algorithm: LogKey.algorithm, keyID: key.keyIDText,
            publicKey: Data(key.publicKey),
            wrapped: try KeyWrap.seal(seed, under: root, binding: .kek(name, serial: 1)),
            fromSize: 0)
    }

    private static func auditKey(under root: SymmetricKey) throws(KeyCustodyError) -> KeyRecord {
        let key: _RSA.Signing.PrivateKey
        do {
            key = try _RSA.Signing.PrivateKey(
                keySize: _RSA.Signing.KeySize(bitCount: RSAPSS.keyBits))
        } catch {
            throw KeyCustodyError(.cannotStart, "no RSA-4096 key could be made; try again")
        }
        var secret = key.pkcs8DERRepresentation
        defer { secret.withUnsafeMutableBytes { Sodium.wipe($0) } }
        let spki = key.publicKey.derRepresentation
        return KeyRecord(
            name: KeyRecord.auditName, use: .segmentManifest, algorithm: RSAPSS.algorithm,
            keyID: RSAPSS.keyID(spki: spki), publicKey: spki,
            wrapped: try KeyWrap.seal(
                secret, under: root, binding: .kek(KeyRecord.auditName, serial: 1)), fromSize: 0)
    }

    private static func ticketKey(under root: SymmetricKey) throws(KeyCustodyError) -> KeyRecord {
        let seed = SecretBytes.random(count: LogKey.seedSize)
        let key = try LogKey(name: KeyRecord.ticketName, seed: seed, generation: 1)
        return KeyRecord(
            name: KeyRecord.ticketName, use: .ticket, algorithm: LogKey.algorithm,
            keyID: key.keyIDText, publicKey: Data(key.publicKey),
            wrapped: try KeyWrap.seal(
                seed, under: root, binding: .kek(KeyRecord.ticketName, serial: 1)))
    }

    private static func symmetric(
        _ name: String, _ use: KeyRecord.Use, _ algorithm: String, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        KeyRecord(
            name: name, use: use, algorithm: algorithm, keyID: name,
            wrapped: try KeyWrap.seal(
                SymmetricKey(size: .bits256), under: root, binding: .kek(name, serial: 1)))
    }
}
