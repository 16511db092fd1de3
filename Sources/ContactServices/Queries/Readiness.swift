import ProcessBoundary

/// State of both daemons; nothing secret, nothing personal.
public struct Readiness: Sendable, Equatable {
    public let ledger: Ledger
    public let keeper: Keeper

    public var isReady: Bool { ledger.isReady && keeper.isReady }

    public struct Ledger: Sendable, Equatable {
        public var isReady = false
        /// Nil when ready.
        public var problem: String?
        public var treeSize: UInt64 = 0
        public var signedSize: UInt64 = 0
        public var projectedSize: UInt64 = 0
        public var activeSegment: UInt64 = 0
        public var sealedSegments: UInt64 = 0
        public var queueDepth: UInt64 = 0
        public var freeDiskBytes: UInt64 = 0
        public var lastCheckpointTime: String?
        public var keeperReachable = false

        init(problem: String) { self.problem = problem }

        init(_ health: WireLedgerHealth) {
            isReady = health.ready
            problem = health.problem.isEmpty ? nil : health.problem
            treeSize = health.treeSize
            signedSize = health.signedSize
            projectedSize = health.projectedSize
            activeSegment = health.activeSegment
            sealedSegments = health.sealedSegments
            queueDepth = health.queueDepth
            freeDiskBytes = health.freeDiskBytes
            lastCheckpointTime = health.lastCheckpointTime.isEmpty ? nil : health.lastCheckpointTime
            keeperReachable = health.keeperReachable
        }
    }

    public struct Keeper: Sendable, Equatable {
        public var isReady = false
        /// Nil when ready.
        public var problem: String?
        public var tpm: String?
        public var subjects: UInt64 = 0
        public var treeSize: UInt64 = 0
        public var memoryLocked = false

        init(problem: String) { self.problem = problem }

        init(_ health: WireKeeperHealth) {
            isReady = health.ready
            problem = health.problem.isEmpty ? nil : health.problem
            tpm = health.tpm.isEmpty ? nil : health.tpm
            subjects = health.subjects
            treeSize = health.treeSize
            memoryLocked = health.memoryLocked
        }
    }
}
