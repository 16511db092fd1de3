/// A domain event: its JSON is the payload of one entry, exactly as FORMAT section 9 lists its fields.
public protocol LedgerEvent: Codable, Sendable, Equatable {
    /// The header's `stream`.
    static var stream: String { get }
    /// The header's `type`.
    static var type: String { get }
}
