public import LedgerFormat

/// The newest entry of a (subject, stream).
public struct StreamHead: Hashable, Sendable {
    public let lastIndex: UInt64
    /// Its `subjectVersion`, from 1.
    public let version: UInt64

    public init(lastIndex: UInt64, version: UInt64) {
        self.lastIndex = lastIndex
        self.version = version
    }
}

/// The heads of all streams of one subject (FORMAT 2.1), in place: every append makes some.
public struct SubjectStreams: Equatable, Sendable {
    /// Streams that may have a subject, in the order of FORMAT 5.2.
    public static let order: [EntryStream] = [
        .audit, .consent, .contact, .dsr, .policy, .provenance, .sharing,
    ]

    private var audit: StreamHead?
    private var consent: StreamHead?
    private var contact: StreamHead?
    private var dsr: StreamHead?
    private var policy: StreamHead?
    private var provenance: StreamHead?
    private var sharing: StreamHead?

    public init() {}

    /// Nil for the streams `key` and `segment`, whatever was set.
    public subscript(stream: EntryStream) -> StreamHead? {
        get {
            switch stream {
            case .audit: audit
            case .consent: consent
            case .contact: contact
            case .dsr: dsr
            case .policy: policy
            case .provenance: provenance
            case .sharing: sharing
            case .key, .segment: nil
            }
        }
        set {
            switch stream {
            case .audit: audit = newValue
            case .consent: consent = newValue
            case .contact: contact = newValue
            case .dsr: dsr = newValue
            case .policy: policy = newValue
            case .provenance: provenance = newValue
            case .sharing: sharing = newValue
            case .key, .segment: break
            }
        }
    }
}
