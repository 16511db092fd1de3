/// What does not hold of evidence about a subject.
public enum SubjectEvidenceError: LedgerFormatError, Equatable {
    /// The document is not canonical, or breaks a rule of FORMAT 9.11.
    case malformed(String)
    /// An entry's header or payload is not what it should be.
    case entry(Int, String)
    /// An entry is missing before this one, or it is another subject's.
    case chain(Int, String)
    /// The heads are not those that were sealed.
    case heads(String)
    /// An entry that was sealed is not here.
    case missing(EntryStream, String)
    /// A hash of attributed data does not fit what was opened.
    case attributedData(String)

    public var code: String {
        switch self {
        case .malformed: "subject-malformed"
        case .entry: "subject-entry"
        case .chain: "subject-chain"
        case .heads: "subject-heads"
        case .missing: "subject-missing"
        case .attributedData: "subject-data"
        }
    }

    public var message: String {
        switch self {
        case .malformed(let rule): "The document is not evidence of a subject: \(rule)."
        case .entry(let place, let reason): "Entry \(place) of the document: \(reason)."
        case .chain(let place, let reason): "Entry \(place) of the document: \(reason)."
        case .heads(let reason): "The subject's heads: \(reason)."
        case .missing(let stream, let reason): "Stream \(stream.rawValue): \(reason)."
        case .attributedData(let reason): "Attributed data: \(reason)."
        }
    }
}
