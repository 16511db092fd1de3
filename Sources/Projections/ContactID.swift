public import Foundation

/// The 16 bytes of a contact's UUIDv4, as they stand in views and on the wire.
public struct ContactID: Hashable, Sendable {
    public let bytes: Data

    /// - Returns: nil unless there are exactly 16 bytes.
    public init?(_ bytes: Data) {
        guard bytes.count == 16 else { return nil }
        self.bytes = Data(bytes)
    }
}
