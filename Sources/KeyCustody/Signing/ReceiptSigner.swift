public import LedgerFormat
import Synchronization

/// Signs receipts with KEK-API (FORMAT 7.1): only those of entries that it finds in trees which this keeper signed, and
/// whose every byte it knows the meaning of.
public struct ReceiptSigner: Sendable {
    private let hierarchy: KeyHierarchy
    private let tpm: TPMDevice
    private let key: ReceiptKey
    private let keyID: String
    private let spki: [UInt8]
    private let waiting = Waiting()

    private final class Waiting: Sendable {
        let count = Mutex(0)
    }

    init(hierarchy: KeyHierarchy, tpm: TPMDevice) {
        self.hierarchy = hierarchy
        self.tpm = tpm
        let resident = hierarchy.resident
        (key, keyID, spki) = (
            resident.receipt, resident.receiptTrusted.keyID, resident.receiptTrusted.publicKey
        )
    }

    /// - Parameter receipt: its bytes.
    /// - Throws: `KeyCustodyError.invalid` for what is no receipt of this ledger; `.unavailable` when the TPM does not sign,
    ///   or too many wait for it: seals and erasures need it, too.
    public func sign(_ receipt: [UInt8]) async throws(KeyCustodyError) -> ReceiptSignature {
        guard let parsed = try? InclusionReceipt(parsing: receipt), parsed.bytes == receipt else {
            throw KeyCustodyError(.invalid, "this is no receipt; nothing was signed")
        }
        do throws(ReceiptCheck.Refusal) {
            // A rotation may have come since the last one.
            _ = try ReceiptCheck(hierarchy).header(of: parsed)
        } catch {
            throw KeyCustodyError(.invalid, "this is no receipt: \(error.why); nothing was signed")
        }
        let isAdmitted = waiting.count.withLock { count in
            guard count < CustodyLimits.maxReceiptsAtOnce else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw KeyCustodyError(
                .unavailable, "too many receipts wait to be signed; try again in a few seconds")
        }
        defer { waiting.count.withLock { $0 -= 1 } }
        let value: [UInt8]
        do throws(TPMError) {
            value = try await key.sign(
                ReceiptSignature.signingInput(keyID: keyID, receipt: receipt), in: tpm)
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot sign the receipt", tpm: error)
        }
        guard let signature = ReceiptSignature(keyID: keyID, value: value),
            signature.isValid(for: receipt, spki: spki)
        else {
            throw KeyCustodyError(
                .unavailable,
                "the signature of the receipt does not verify; look at the TPM (`chancery tpm status`)"
            )
        }
        return signature
    }
}
