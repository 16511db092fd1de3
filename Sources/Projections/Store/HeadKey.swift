public import LedgerFormat

/// What versions and predecessors are counted by (FORMAT 2.1).
public struct HeadKey: Hashable, Sendable {
    public let subject: SubjectTag
    public let stream: EntryStream

    public init(subject: SubjectTag, stream: EntryStream) {
        self.subject = subject
        self.stream = stream
    }
}

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
