import Crypto
import Foundation
import GRDB
import LedgerFormat

/// A row of `kek`: one of the few keys that the root wraps directly.
struct KeyRecord: Sendable {
    /// What a key is for; the first four are public keys of the trust file.
    enum Use: String, Sendable {
        case checkpoint
        case segmentManifest = "segment-manifest"
        /// Signs published checkpoints, in the TPM (`ResidentKeys`).
        case published = "published-checkpoint"
        /// KEK-API, in the TPM or not (`ReceiptKey`).
        case receipt
        case data
        case suppression
        case ticket
        /// Under which `StateSeal` vouches for rows.
        case state
    }

    static let auditName = "KEK-AUDIT"
    static let dataName = "KEK-DATA"
    static let suppressionName = "SUPPRESSION"
    static let ticketName = "TICKET"
    static let stateName = "STATE"

    var name: String
    var serial: Int64 = 1
    var use: Use
    var generation: Int64 = 1
    var algorithm: String
    var keyID: String
    var publicKey: Data?
    var wrapped = Data()
    var fromSize: Int64?
    var untilSize: Int64?

    /// What is left of it is the public half.
    var isDestroyed: Bool { wrapped.count == KeyWrap.overhead }

    /// Whether it may sign for a tree of this size (FORMAT section 4).
    func counts(at size: UInt64) -> Bool {
        UInt64(clamping: fromSize ?? 0) <= size
            && untilSize.map { size <= UInt64(clamping: $0) } ?? true
    }

    /// Over every column but `wrapped`.
    var binding: WrapBinding { .kek(self) }

    /// As the trust file has it; of a `checkpoint` or `segment-manifest` key.
    func trusted() throws -> TrustedKey {
        guard let use = TrustedKey.Use(rawValue: use.rawValue),
            let algorithm = TrustedKey.Algorithm(rawValue: algorithm)
        else { throw KeyCustodyError(.corrupt, "\(binding.row) is no key of the trust file") }
        return try TrustedKey(
            use: use, algorithm: algorithm, name: name, publicKey: [UInt8](publicKey ?? Data()),
            fromSize: UInt64(clamping: fromSize ?? 0),
            untilSize: untilSize.map { UInt64(clamping: $0) })
    }

    /// - Returns: the record with `secret` wrapped for exactly this row.
    func wrapping(
        _ secret: SecretBytes, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        var record = self
        record.wrapped = try KeyWrap.seal(secret, under: root, binding: binding)
        return record
    }

    /// - Throws: `KeyCustodyError.corrupt` naming the row.
    func openSecret(under root: SymmetricKey) throws(KeyCustodyError) -> SecretBytes {
        try KeyWrap.openSecret(wrapped, under: root, binding: binding)
    }

    func insert(_ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO kek VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            name, serial, use.rawValue, generation, algorithm, keyID, publicKey, wrapped, fromSize,
            untilSize,
        ])
    }

    /// Once nothing is signed with it any more: nothing is wrapped, and the wrapping still vouches for the row. What older copies
    /// of the file hold is wrapped by the root.
    func destroyed(under root: SymmetricKey) throws(KeyCustodyError) -> KeyRecord {
        try wrapping(SecretBytes(count: 0) { _ in }, under: root)
    }

    /// Replaces the row of the same name and serial.
    func save(_ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM kek WHERE name = ? AND serial = ?", arguments: [name, serial])
        try insert(db)
    }

    /// The row of the same name and serial, as it is now.
    static func find(_ record: KeyRecord, _ db: Database) throws -> KeyRecord? {
        try all(db).first { $0.name == record.name && $0.serial == record.serial }
    }

    static func all(_ db: Database) throws -> [KeyRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM kek ORDER BY name, serial").map { row in
            guard let use = Use(rawValue: row["use"]) else {
                throw KeyCustodyError(
                    .cannotStart, "the keystore holds a key of an unknown use; use a newer program")
            }
            return KeyRecord(
                name: row["name"], serial: row["serial"], use: use, generation: row["generation"],
                algorithm: row["algorithm"], keyID: row["key_id"], publicKey: row["public_key"],
                wrapped: row["wrapped"], fromSize: row["from_size"], untilSize: row["until_size"])
        }
    }
}
