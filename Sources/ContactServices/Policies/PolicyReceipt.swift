/// What a change left.
public struct PolicyReceipt: Sendable {
    public let version: UInt64
    public let generation: UInt64
    public let index: UInt64
    /// SHA-256, hex.
    public let textHash: String
}
