/// Why a manifest is refused.
public enum SegmentManifestError: LedgerFormatError, Equatable {
    case notCanonical(CanonicalJSONError)
    case malformed(member: String, rule: String)
    /// The signature names another key than the one it was checked with.
    case otherKey(keyID: String)
    case badSignature

    public var code: String {
        switch self {
        case .notCanonical: "manifest-not-canonical"
        case .malformed: "manifest-malformed"
        case .otherKey: "manifest-other-key"
        case .badSignature: "manifest-bad-signature"
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
        }
    }
}
