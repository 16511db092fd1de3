/// Why a header is refused.
public enum EntryHeaderError: LedgerFormatError, Equatable {
    /// More than `LedgerLimits.maxHeaderBytes`.
    case tooLarge(bytes: Int)
    /// The text is not the canonical text of a header; `offset` is where it first differs.
    case notCanonical(member: String, offset: Int)
    /// A member breaks its rule of FORMAT 2.1.
    case ruleBroken(member: String, rule: String)

    public var code: String {
        switch self {
        case .tooLarge: "header-too-large"
        case .notCanonical: "header-not-canonical"
        case .ruleBroken: "header-rule-broken"
        }
    }

    public var message: String {
        switch self {
        case .tooLarge(let bytes):
            "The header has \(bytes) bytes, at most \(LedgerLimits.maxHeaderBytes) are allowed."
        case .notCanonical(let member, let offset):
            "The header is not canonical JSON of format 1 at byte \(offset), in member '\(member)'. "
                + "Compare it with FORMAT 2.1; a stored header that fails here was altered."
        case .ruleBroken(let member, let rule):
            "Header member '\(member)': \(rule) (FORMAT 2.1)."
        }
    }
}
