/// How a ledger is doing, for health and for people.
public struct LedgerStatus: Sendable, Equatable {
    /// Why it cannot append now; nil: it can.
    public let problem: String?
    /// Whether the last call to the signer was answered.
    public let isSignerReachable: Bool
    public let durableSize: UInt64
    public let signedSize: UInt64
    public let projectedSize: UInt64
    public let activeSegment: UInt64
    public let sealedSegments: UInt64
    public let queuedAppends: Int
    public let freeDiskBytes: UInt64
    /// FORMAT 2.1 time of the last signed group; empty before the first.
    public let lastCheckpointTime: String
    /// Why a rotation of keys is not completed yet; nil: none waits. All else goes on.
    public let rotationProblem: String?
    /// Orders to erase that the keeper does not follow; each is left to a person, and to the next start.
    public let refusedErasures: Int
}
