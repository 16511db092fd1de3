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
    let receipt: ReceiptKey
    let receiptTrusted: TrustedKey
    /// As the trust file has them.
    let trusted: [TrustedKey]

    /// - Throws: `KeyCustodyError.cannotStart` when one is missing, `.corrupt` for one that does not open or is none.
    init(
        _ records: [KeyRecord], generation: Int64, origin: String, root: SymmetricKey
    ) throws(KeyCustodyError) {
        let published = try Self.newest(.published, generation, records)
        checkpoint = try Self.checkpoint(published, published.openSecret(under: root))
        // Both of the log's lines carry its name: a reader of C2SP notes looks for that.
        let key = try? TrustedKey(
            use: .checkpoint, algorithm: .ecdsaP256, name: origin, publicKey: checkpoint.spki,
            fromSize: 0, untilSize: nil)
        guard let key, let noteKey = key.noteKey else { throw Self.none(published) }
        self.noteKey = noteKey
        let api = try Self.newest(.receipt, generation, records)
        receipt = try Self.receipt(api, api.openSecret(under: root))
        do { receiptTrusted = try api.trusted() } catch { throw Self.none(api) }
        trusted = [key, receiptTrusted]
    }

    /// Those that do live there.
    var inTPM: [ResidentKey] {
        guard case .resident(let receipt) = receipt else { return [checkpoint] }
        return [checkpoint, receipt]
    }

    private static func newest(
        _ use: KeyRecord.Use, _ generation: Int64, _ records: [KeyRecord]
    ) throws(KeyCustodyError) -> KeyRecord {
        let known = records.filter {
            $0.use == use && !$0.isDestroyed && $0.generation <= generation
        }
        guard let record = known.max(by: { $0.serial < $1.serial }) else {
            throw KeyCustodyError(
                .cannotStart,
                "the keystore holds no \(use.rawValue) key; restore keys/ as one whole")
        }
        return record
    }

    static func checkpoint(
        _ record: KeyRecord, _ secret: SecretBytes
    ) throws(KeyCustodyError) -> ResidentKey {
        guard let key = ResidentKey(.p256, stored: secret) else { throw none(record) }
        return key
    }

    static func receipt(
        _ record: KeyRecord, _ secret: SecretBytes
    ) throws(KeyCustodyError) -> ReceiptKey {
        guard let key = ReceiptKey(name: record.name, stored: secret) else { throw none(record) }
        return key
    }

    private static func none(_ record: KeyRecord) -> KeyCustodyError {
        KeyCustodyError(
            .corrupt,
            "keystore row \(record.binding.row) holds no key as the TPM makes it; restore keys/ as one whole"
        )
    }
}
