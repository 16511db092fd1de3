/// Where this ledger's counters in the TPM stand.
public struct CounterValues: Sendable, Equatable {
    /// Segments sealed since the TPM was provisioned.
    public let seals: UInt64
    /// The erasure epoch.
    public let epoch: UInt64
    public let anchor: UInt64
}
