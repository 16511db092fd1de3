import CTSS2
import LedgerFormat

extension TPMConnection {
    /// The attestation key's word that the key is an object of this TPM.
    func certify(
        _ key: ResidentKey, _ qualifying: Digest32
    ) throws(TPMError) -> TPMAttestation.Statement {
        try withLoaded(key) { object, session throws(TPMError) in
            let attesting = try loadAttestationKey { _ in }
            defer { flush(attesting) }
            var data = TPM2B_DATA()
            data.size = UInt16(qualifying.bytes.count)
            withUnsafeMutableBytes(of: &data.buffer) { $0.copyBytes(from: qualifying.bytes) }
            return try statement("Esys_Certify") { esys, scheme, info, signature in
                Esys_Certify(
                    esys, object, attesting, session, ESYS_TR(ESYS_TR_PASSWORD), Self.none, &data,
                    &scheme, &info, &signature)
            }
        }
    }
}
