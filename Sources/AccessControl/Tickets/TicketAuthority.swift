public import Foundation

/// Whose tickets count: the keeper's, of one log.
public struct TicketAuthority: Sendable {
    /// Of the log that is served now.
    public let origin: String
    /// Ed25519, 32 bytes.
    public let key: Data

    public static let keyBytes = 32

    public init(origin: String, key: Data) {
        self.origin = origin
        self.key = key
    }
}
