import Crypto
import Foundation
import GRDB
import LedgerFormat

/// The keys that sign in the TPM, as one generation has them. A TPM that takes another's place makes its own, which the
/// next generation announces.
struct ResidentKeys: Sendable {
    let checkpoint: ResidentKey
    /// As notes are verified with it.
    let noteKey: NoteKey
    /// As the trust file has them.
    let trusted: [TrustedKey]

    /// - Throws: `KeyCustodyError.cannotStart` when none is there, `.corrupt` for one that does not open or is none.
    init(
        _ records: [KeyRecord], generation: Int64, origin: String, root: SymmetricKey
    ) throws(KeyCustodyError) {
        let known = records.filter {
            $0.use == .published && !$0.isDestroyed && $0.generation <= generation
        }
        guard let record = known.max(by: { $0.serial < $1.serial }) else {
            throw KeyCustodyError(
                .cannotStart,
                "the keystore holds no checkpoint key of its TPM; restore keys/ as one whole")
        }
        checkpoint = try Self.key(record, record.openSecret(under: root))
        // Both of the log's lines carry its name: a reader of C2SP notes looks for that.
        let key = try? TrustedKey(
            use: .checkpoint, algorithm: .ecdsaP256, name: origin, publicKey: checkpoint.spki,
            fromSize: 0, untilSize: nil)
        guard let key, let noteKey = key.noteKey else { throw Self.none(record) }
        self.noteKey = noteKey
        trusted = [key]
    }

    static func key(
        _ record: KeyRecord, _ secret: SecretBytes
    ) throws(KeyCustodyError) -> ResidentKey {
        guard let key = ResidentKey(.p256, stored: secret) else { throw none(record) }
        return key
    }

    private static func none(_ record: KeyRecord) -> KeyCustodyError {
        KeyCustodyError(
            .corrupt,
            "keystore row \(record.binding.row) holds no key as the TPM makes it; restore keys/ as one whole"
        )
    }
}

extension KeyRecord {
    static let publishedName = "TPM-CHECKPOINT"

    static func noteKeyID(_ spki: [UInt8]) -> String { String(SPKI.keyID(spki).prefix(8)) }

    static func published(
        _ key: ResidentKey, serial: Int64 = 1, generation: Int64 = 1, under root: SymmetricKey
    ) throws(KeyCustodyError) -> KeyRecord {
        try KeyRecord(
            name: publishedName, serial: serial, use: .published, generation: generation,
            algorithm: TrustedKey.Algorithm.ecdsaP256.rawValue, keyID: noteKeyID(key.spki),
            publicKey: Data(key.spki), fromSize: 0
        ).wrapping(key.stored, under: root)
    }

    /// Adds those of another TPM, which sign from `generation` on. Their predecessors stay until then: they stand in the trust
    /// file of the generation that ends.
    static func succeed(
        _ keys: TPMKeys, in generation: Int64, under root: SymmetricKey, _ db: Database
    ) throws {
        let last = try all(db).filter { $0.use == .published }.map(\.serial).max() ?? 0
        try published(
            keys.checkpoint, serial: last + 1, generation: generation, under: root
        ).insert(db)
    }

    /// Another generation begins, with the newest alone.
    static func dropFormerResident(_ db: Database) throws {
        let known = try all(db).filter { $0.use == .published }
        for record in known.sorted(by: { $0.serial < $1.serial }).dropLast() {
            try record.destroy(db)
        }
    }
}
