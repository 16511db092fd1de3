/// The keys of one TPM that a keystore is put under.
struct TPMKeys: Sendable {
    /// SPKI DER; its private half comes of the TPM's seed.
    let attestation: [UInt8]
    /// Signs published checkpoints.
    let checkpoint: ResidentKey
    /// KEK-API.
    let receipt: ReceiptKey
}

extension TPMDevice {
    /// Fresh ones, but for the attestation key, which a TPM has for good.
    func makeKeys() async throws(TPMError) -> TPMKeys {
        try await perform("making keys") { connection throws(TPMError) in
            TPMKeys(
                attestation: try connection.attestationKey(),
                checkpoint: try connection.makeKey(.p256),
                receipt: try connection.has(.p384)
                    ? .resident(try connection.makeKey(.p384)) : .drawn())
        }
    }

    /// - Returns: r ‖ s, each as wide as the key's curve.
    func sign(_ message: [UInt8], with key: ResidentKey) async throws(TPMError) -> [UInt8] {
        try await perform("signing") { connection throws(TPMError) in
            try connection.sign(message, with: key)
        }
    }
}
