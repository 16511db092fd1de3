/// FORMAT 8: a public key, what it counts for, and at which tree sizes.
public struct TrustedKey: Sendable, Hashable {
    public enum Use: String, Sendable, Hashable, Codable {
        case checkpoint
        case segmentManifest = "segment-manifest"
        /// FORMAT 7.1
        case receipt
        /// FORMAT 5.4: the TPM's key that attests seals.
        case attestation
    }

    public enum Algorithm: String, Sendable, Hashable, Codable {
        case ed25519 = "Ed25519"
        /// FORMAT 4, signature type 0x02, and FORMAT 5.4.
        case ecdsaP256 = "ECDSA-P256-SHA256"
        /// FORMAT 7.1
        case ecdsaP384 = "ECDSA-P384-SHA384"
        case rsaPSS4096 = "RSASSA-PSS-4096-SHA256"
    }

    public let use: Use
    public let algorithm: Algorithm
    /// Of a checkpoint key: the name in signature lines, which for Ed25519 is the origin.
    public let name: String
    /// 8 hexadecimal digits of a checkpoint key, 16 of the others.
    public let keyID: String
    /// 32 bytes of Ed25519, else SPKI DER.
    public let publicKey: [UInt8]
    /// First tree size that the key counts for.
    public let fromSize: UInt64
    /// Last one; nil while the key is in use.
    public let untilSize: UInt64?
    /// TPM Name (34 bytes) of the NV index that counts seals; of an attestation key, else nil.
    public let sealCounter: [UInt8]?

    /// Computes the key id.
    ///
    /// - Throws: `TrustFileError.invalid` for a key that does not fit its algorithm, an algorithm that
    ///   does not fit the use, an empty range, or a seal counter where none belongs.
    public init(
        use: Use, algorithm: Algorithm, name: String, publicKey: [UInt8], fromSize: UInt64,
        untilSize: UInt64?, sealCounter: [UInt8]? = nil
    ) throws(TrustFileError) {
        guard let keyID = Self.keyID(use: use, algorithm: algorithm, name: name, publicKey) else {
            throw .invalid(
                where: "key '\(name)'",
                rule: "\(algorithm.rawValue) for \(use.rawValue) with a public key that fits")
        }
        guard fromSize <= LedgerLimits.maxInteger,
            untilSize.map({ fromSize <= $0 && $0 <= LedgerLimits.maxInteger }) ?? true
        else {
            throw .invalid(where: "key '\(name)'", rule: "fromSize ≤ untilSize ≤ 2^53 − 1")
        }
        let hasCounter = sealCounter.map { TPMNVCertifyInfo.isName($0) }
        guard hasCounter == (use == .attestation ? true : nil) else {
            throw .invalid(
                where: "key '\(name)'",
                rule: "sealCounter is a TPM Name of SHA-256, present exactly for attestation")
        }
        self.use = use
        self.algorithm = algorithm
        self.name = name
        self.keyID = keyID
        self.publicKey = publicKey
        self.fromSize = fromSize
        self.untilSize = untilSize
        self.sealCounter = sealCounter
    }

    public func counts(atSize size: UInt64) -> Bool {
        fromSize <= size && untilSize.map { size <= $0 } ?? true
    }

    /// The key as notes use it; nil unless it is a checkpoint key.
    public var noteKey: NoteKey? {
        switch (use, algorithm) {
        case (.checkpoint, .ed25519): .ed25519(name: name, publicKey: publicKey)
        case (.checkpoint, .ecdsaP256): .ecdsaP256(name: name, spki: publicKey)
        default: nil
        }
    }

    private static func keyID(
        use: Use, algorithm: Algorithm, name: String, _ publicKey: [UInt8]
    ) -> String? {
        switch (use, algorithm) {
        case (.checkpoint, .ed25519):
            return NoteKey.ed25519(name: name, publicKey: publicKey)?.keyIDHex
        case (.checkpoint, .ecdsaP256):
            return NoteKey.ecdsaP256(name: name, spki: publicKey)?.keyIDHex
        case (.segmentManifest, .rsaPSS4096):
            guard NoteKey.isName(name), RSAPSS.isAcceptable(spki: publicKey) else { return nil }
            return SPKI.keyID(publicKey)
        case (.receipt, .ecdsaP384):
            guard NoteKey.isName(name), ReceiptSignature.isAcceptable(spki: publicKey) else {
                return nil
            }
            return SPKI.keyID(publicKey)
        case (.attestation, .ecdsaP256):
            guard NoteKey.isName(name), AttestationKey.isAcceptable(spki: publicKey) else {
                return nil
            }
            return SPKI.keyID(publicKey)
        default:
            return nil
        }
    }
}
