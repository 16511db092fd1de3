/// Why an entry bundle is refused.
public enum EntryBundleError: LedgerFormatError, Equatable {
    case tooManyEntries(limit: Int)
    case entrySize(bytes: Int)
    case truncated(offset: Int)

    public var code: String {
        switch self {
        case .tooManyEntries: "bundle-too-many-entries"
        case .entrySize: "bundle-entry-size"
        case .truncated: "bundle-truncated"
        }
    }

    public var message: String {
        switch self {
        case .tooManyEntries(let limit):
            "The bundle holds more than \(limit) entries. Check its width in the path."
        case .entrySize(let bytes):
            "An entry of \(bytes) bytes; a header has 1 to \(LedgerLimits.maxHeaderBytes)."
        case .truncated(let offset):
            "The bundle ends inside the entry at byte \(offset). Fetch it again."
        }
    }
}
