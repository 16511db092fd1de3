public import LedgerFormat
public import Logging
import Projections

/// Where a ledger lives and what it runs with.
public struct LedgerConfiguration: Sendable {
    /// Segments and manifests, nothing else.
    public var directory: String
    /// Projections.
    public var viewsDirectory: String
    /// On the file system of `directory`, but not among the segments.
    public var ballastPath: String
    public var limits: StoreLimits
    public var clock: any LedgerClock
    public var faults: FaultHooks
    public var logger: Logger
    /// Free bytes at a path; nil: the file system does not tell.
    public var freeBytes: @Sendable (String) -> UInt64?
    /// Takes the trust file, at the opening and whenever a key was rotated.
    public var announceTrust: @Sendable (TrustFile) throws -> Void = { _ in }
    /// Where signatures are asked for: best where the answers arrive, as everybody waits for them. Nil: on a thread of its own.
    public var signingExecutor: (any TaskExecutor)?

    public init(
        directory: String, viewsDirectory: String, limits: StoreLimits = StoreLimits(),
        clock: any LedgerClock = SystemLedgerClock(), faults: FaultHooks = .none,
        logger: Logger = Logger(label: "chancery.ledger")
    ) {
        self.directory = directory
        self.viewsDirectory = viewsDirectory
        ballastPath = directory + "/../ballast"
        self.limits = limits
        self.clock = clock
        self.faults = faults
        self.logger = logger
        freeBytes = { DurableFile.freeBytes($0) }
    }

    /// Segments as they were before a recovery cut them.
    var setAsideDirectory: String { directory + "/../recovered" }

    var projectionsPath: String { viewsDirectory + "/" + ProjectionStore.fileName }

    var ballast: Ballast {
        Ballast(path: ballastPath, bytes: limits.ballastBytes, logger: logger)
    }

    /// Before what an operator does.
    func giveUpBallastIfFull() {
        guard let free = freeBytes(directory), free < limits.operatorDiskBytes else { return }
        ballast.release()
    }
}
