/// Why the text of a note is no checkpoint of a Chancery ledger.
public enum CheckpointError: LedgerFormatError, Equatable {
    case malformed(reason: String)

    public var code: String { "checkpoint-malformed" }

    public var message: String {
        switch self {
        case .malformed(let reason): "Not a checkpoint: \(reason) (FORMAT 4, C2SP tlog-checkpoint)."
        }
    }
}
