/// Bytes that are not the canonical payload of the event they should be. Says nothing of what they hold.
public struct PayloadError: Error, Equatable, Sendable {
    /// Offset in bytes at which reading stopped.
    public let offset: Int
}
