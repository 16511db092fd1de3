import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Rows of the keys that a TPM made.
extension KeyRecord {
    static let publishedName = "TPM-CHECKPOINT"

    static func noteKeyID(_ spki: [UInt8]) -> String { String(SPKI.keyID(spki).prefix(8)) }

    private var isOfTPM: Bool { use == .published || use == .receipt }

    static func of(
        _ keys: TPMKeys, serial: Int64 = 1, generation: Int64 = 1, under root: SymmetricKey
    ) throws(KeyCustodyError) -> [KeyRecord] {
        let checkpoint = keys.checkpoint
        return [
            try KeyRecord(
                name: publishedName, serial: serial, use: .published, generation: generation,
                algorithm: TrustedKey.Algorithm.ecdsaP256.rawValue,
                keyID: noteKeyID(checkpoint.spki), publicKey: Data(checkpoint.spki), fromSize: 0
            ).wrapping(checkpoint.stored, under: root),
            try receipt(keys.receipt, serial: serial, generation: generation, under: root),
        ]
    }

    static func receipt(
        _ key: ReceiptKey, serial: Int64, generation: Int64, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        let spki = key.spki ?? []
        return try KeyRecord(
            name: key.name, serial: serial, use: .receipt, generation: generation,
            algorithm: TrustedKey.Algorithm.ecdsaP384.rawValue, keyID: SPKI.keyID(spki),
            publicKey: Data(spki), fromSize: 0
        ).wrapping(key.stored, under: root)
    }

    /// Adds those of another TPM, which sign from `generation` on. Their predecessors stay until then: they stand in the trust
    /// file of the generation that ends.
    static func succeed(
        _ keys: TPMKeys, in generation: Int64, under root: SymmetricKey, _ db: Database
    ) throws {
        let last = try all(db).filter(\.isOfTPM).map(\.serial).max() ?? 0
        for record in try of(keys, serial: last + 1, generation: generation, under: root) {
            try record.insert(db)
        }
    }

    /// Another generation begins, with the newest alone.
    static func dropFormerResident(under root: SymmetricKey, _ db: Database) throws {
        let known = try all(db).filter(\.isOfTPM)
        let last = known.map(\.serial).max()
        for record in known where record.serial != last {
            try record.destroyed(under: root).save(db)
        }
    }
}
