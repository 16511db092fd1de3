/// A domain event: its JSON is the payload of one entry, exactly as FORMAT section 9 lists its fields.
public protocol LedgerEvent: Sendable, Equatable {
    /// The header's `stream`.
    static var stream: String { get }
    /// The header's `type`.
    static var type: String { get }

    /// Writes every member, in the order of their names (FORMAT 1).
    func write(to payload: inout PayloadWriter)
    /// Reads the members in the same order; whatever else the object holds, the caller refuses.
    init(from payload: inout PayloadReader) throws(PayloadError)
}
