/// What could still open a person's values although their key is destroyed: escrow of the root from before the erasure, as far as the
/// keeper's keystore knows of it. No date ends it: it is over when the escrow is destroyed.
public struct EscrowHorizon: Sendable, Equatable {
    /// An escrow that was made before the erasure and is not known to be destroyed.
    public struct Remaining: Sendable, Equatable {
        /// The erasure epoch whose root it holds.
        public let epoch: UInt64
        public let issuedAt: LedgerTime

        public init(epoch: UInt64, issuedAt: LedgerTime) {
            self.epoch = epoch
            self.issuedAt = issuedAt
        }
    }

    /// The oldest first.
    public let remaining: [Remaining]
    /// How many of those from before are known to be destroyed.
    public let destroyed: UInt64
    /// When the last of those was; nil: none.
    public let lastDestroyedAt: LedgerTime?

    public init(remaining: [Remaining], destroyed: UInt64, lastDestroyedAt: LedgerTime?) {
        self.remaining = remaining
        self.destroyed = destroyed
        self.lastDestroyedAt = lastDestroyedAt
    }
}
