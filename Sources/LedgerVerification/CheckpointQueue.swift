/// Verifies checkpoints on other cores while the fold goes on, in batches, with bounded lookahead.
/// Results come back in order, so that the first bad checkpoint is the one named.
struct CheckpointQueue {
    private static let batchSize = 32
    private static let maxBatches = 8

    private let authority: CheckpointAuthority
    private var batch: [CheckpointJob] = []
    private var running: [Task<VerificationFailure?, Never>] = []
    /// The first failure known so far.
    private(set) var failure: VerificationFailure?

    init(authority: CheckpointAuthority) {
        self.authority = authority
    }

    mutating func add(_ job: CheckpointJob) async {
        batch.append(job)
        if batch.count >= Self.batchSize { await start() }
    }

    /// Waits for everything that was added.
    /// - Returns: the failure of the smallest size, or nil.
    mutating func drain() async -> VerificationFailure? {
        await start()
        while !running.isEmpty { await collect() }
        return failure
    }

    private mutating func start() async {
        guard !batch.isEmpty else { return }
        if running.count >= Self.maxBatches { await collect() }
        let jobs = batch
        let authority = authority
        batch = []
        running.append(
            Task {
                for job in jobs {
                    if let failure = authority.check(job) { return failure }
                }
                return nil
            })
    }

    private mutating func collect() async {
        let result = await running.removeFirst().value
        if failure == nil { failure = result }
    }
}
