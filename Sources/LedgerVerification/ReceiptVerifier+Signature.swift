internal import LedgerFormat

extension ReceiptVerifier {
    /// - Throws: `unreadable`, `receiptSignature` when the file is larger than a signature may be.
    public static func readSignature(path: String) throws(VerificationFailure) -> [UInt8] {
        try EvidenceFile.read(
            path, atMost: LedgerLimits.maxReceiptSignatureBytes, tooLarge: .receiptSignature)
    }

    /// Without a trust file only the form of the signature is checked.
    ///
    /// - Returns: id of the key that it names.
    func checked(
        _ bytes: [UInt8], of receipt: [UInt8], generation: UInt64, size: UInt64
    ) throws(VerificationFailure) -> String {
        guard let signature = ReceiptSignature(parsing: bytes) else {
            throw VerificationFailure(
                .receiptSignature, "the signature is no detached JWS as FORMAT 7.1 says")
        }
        guard let trust else { return signature.keyID }
        let keys = Self.receiptKeys(trust, signature.keyID, generation: generation, size: size)
        guard !keys.isEmpty else {
            throw VerificationFailure(
                .receiptSignature,
                "the trust file lists no receipt key \(signature.keyID) that is valid here")
        }
        guard keys.contains(where: { signature.isValid(for: receipt, spki: $0.publicKey) }) else {
            throw VerificationFailure(
                .receiptSignature,
                "the signature by key \(signature.keyID) is not over these bytes")
        }
        return signature.keyID
    }
    /// The keeper that signs may have gone on to a later generation than the receipt's.
    private static func receiptKeys(
        _ trust: TrustFile, _ keyID: String, generation: UInt64, size: UInt64
    ) -> [TrustedKey] {
        var keys: [TrustedKey] = []
        for listed in trust.generations where listed.generation >= generation {
            for key in listed.keys where key.use == .receipt && key.keyID == keyID {
                if listed.generation > generation || key.counts(atSize: size) { keys.append(key) }
            }
        }
        return keys
    }
}
