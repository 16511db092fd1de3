/// Why a trust file is refused.
public enum TrustFileError: LedgerFormatError, Equatable {
    case tooLarge
    case notJSON(reason: String)
    case invalid(where: String, rule: String)

    public var code: String {
        switch self {
        case .tooLarge: "trust-file-too-large"
        case .notJSON: "trust-file-not-json"
        case .invalid: "trust-file-invalid"
        }
    }

    public var message: String {
        let advice = "Obtain the trust file again from a source you trust."
        return switch self {
        case .tooLarge:
            "A trust file has at most \(LedgerLimits.maxTrustFileBytes) bytes. \(advice)"
        case .notJSON(let reason): "Not a trust file: \(reason). \(advice)"
        case .invalid(let place, let rule): "Trust file, \(place): \(rule) (FORMAT 8). \(advice)"
        }
    }
}
