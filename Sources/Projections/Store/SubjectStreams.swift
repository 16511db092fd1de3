public import LedgerFormat

/// The newest entry of a (subject, stream).
public struct StreamHead: Hashable, Sendable {
    public let lastIndex: UInt64
    /// Its `subjectVersion`.
    public let version: UInt64

    public init(lastIndex: UInt64, version: UInt64) {
        self.lastIndex = lastIndex
        self.version = version
    }
}

/// The heads of all streams of one subject (FORMAT 2.1): one row, since an append mostly touches several.
public struct SubjectStreams: Hashable, Sendable {
    /// Streams that may have a subject, in the order of FORMAT 5.2.
    public static let order: [EntryStream] = [
        .audit, .consent, .contact, .dsr, .policy, .provenance, .sharing,
    ]

    /// In `order`.
    private var heads: [StreamHead?]

    public init() { heads = Self.none }

    private static let none = [StreamHead?](repeating: nil, count: order.count)

    /// Nil for the streams `key` and `segment`, whatever was set.
    public subscript(stream: EntryStream) -> StreamHead? {
        get { Self.position(stream).flatMap { heads[$0] } }
        set { if let position = Self.position(stream) { heads[position] = newValue } }
    }

    private static func position(_ stream: EntryStream) -> Int? {
        switch stream {
        case .audit: 0
        case .consent: 1
        case .contact: 2
        case .dsr: 3
        case .policy: 4
        case .provenance: 5
        case .sharing: 6
        case .key, .segment: nil
        }
    }
}
