/// Why a manifest is refused.
public enum SegmentManifestError: LedgerFormatError, Equatable {
    case notCanonical(CanonicalJSONError)
    case malformed(member: String, rule: String)
    /// The signature names another key than the one it was checked with.
    case otherKey(keyID: String)
    case badSignature
    /// The attestation or one of its TPM structures breaks a rule of FORMAT 5.4.
    case attestationMalformed(member: String, rule: String)
    /// The TPM speaks of something else than this manifest and these registers.
    case attestationMismatch(rule: String)
    /// A statement is not signed by the key it was checked with.
    case attestationBadSignature(statement: String)

    public var code: String {
        switch self {
        case .notCanonical: "manifest-not-canonical"
        case .malformed: "manifest-malformed"
        case .otherKey: "manifest-other-key"
        case .badSignature: "manifest-bad-signature"
        case .attestationMalformed: "attestation-malformed"
        case .attestationMismatch: "attestation-mismatch"
        case .attestationBadSignature: "attestation-bad-signature"
        }
    }

    public var message: String {
        switch self {
        case .notCanonical(let error): "The manifest is not canonical: \(error.message)"
        case .malformed(let member, let rule): "Manifest member '\(member)': \(rule) (FORMAT 5.3)."
        case .otherKey(let keyID):
            "The manifest is signed by key \(keyID). Check it with the key of that id, if it is trusted."
        case .badSignature:
            "The manifest's signature is wrong: it was altered after sealing, or the key is another."
        case .attestationMalformed(let member, let rule):
            "The manifest's attestation, '\(member)': \(rule) (FORMAT 5.4)."
        case .attestationMismatch(let rule):
            "The manifest's attestation does not belong to it: \(rule) (FORMAT 5.4)."
        case .attestationBadSignature(let statement):
            "The signature of the attestation's \(statement) is wrong: it was altered, or the key is "
                + "another."
        }
    }
}
