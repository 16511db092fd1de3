/// Why the projections cannot answer or take an entry. Nothing here is data loss: the ledger can always
/// make `views/` anew.
public struct ProjectionError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The file is damaged, of another schema, or of another ledger: delete it and rebuild.
        case unusable
        /// Entries were handed over out of order; a bug of the caller.
        case outOfOrder
        /// A payload of a known type does not read as that type.
        case unreadablePayload
        /// SQLite failed: disk full, I/O error. The transaction did not happen; try again.
        case database
    }

    public let code: Code
    /// Names the thing and the next step; holds no personal data.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
