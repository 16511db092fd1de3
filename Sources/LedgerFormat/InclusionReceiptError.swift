/// Why a file is no receipt.
public enum InclusionReceiptError: LedgerFormatError, Equatable {
    case tooLarge
    case malformed(reason: String)

    public var code: String {
        switch self {
        case .tooLarge: "receipt-too-large"
        case .malformed: "receipt-malformed"
        }
    }

    public var message: String {
        switch self {
        case .tooLarge: "A receipt has at most \(LedgerLimits.maxReceiptBytes) bytes."
        case .malformed(let reason): "Not a receipt: \(reason) (FORMAT 7, C2SP tlog-proof)."
        }
    }
}
