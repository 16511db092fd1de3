public import LedgerFormat
import Synchronization

/// Signs with KEK-API receipts (FORMAT 7.1), and what `ErasureCertifier` made: receipts only those of entries that it finds in trees which this keeper signed, and
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
        return try await sign(receipt, of: .receipt)
    }

    /// - Parameter bytes: whose every byte the caller knows the meaning of.
    /// - Throws: `KeyCustodyError.unavailable`
    func sign(
        _ bytes: [UInt8], of content: ReceiptSignature.Content
    ) async throws(KeyCustodyError) -> ReceiptSignature {
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
                ReceiptSignature.signingInput(keyID: keyID, receipt: bytes, of: content), in: tpm)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the TPM cannot sign the \(content.name)", tpm: error)
        }
        guard let signature = ReceiptSignature(keyID: keyID, value: value, of: content),
            signature.isValid(for: bytes, spki: spki)
        else {
            throw KeyCustodyError(
                .unavailable,
                "the signature of the \(content.name) does not verify; look at the TPM (`chancery tpm status`)"
            )
        }
        return signature
    }
}

extension ReceiptSignature.Content {
    fileprivate var name: String {
        switch self {
        case .receipt: "receipt"
        case .erasure: "certificate"
        }
    }
}
