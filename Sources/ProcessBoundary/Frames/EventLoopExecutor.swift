public import NIOCore

/// Runs a task, and what it awaits, on an event loop: a call that is answered where it was read costs no hop to another
/// thread and back, which for a short one is most of its price (measured: a third of the gateway's time).
///
/// For work that neither blocks nor takes long; whatever does leaves by ``offEventLoop(_:)``.
public final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    public init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs what blocks or takes long where it holds up no event loop.
public func offEventLoop<Value, Failure: Error>(
    _ body: @Sendable () async throws(Failure) -> sending Value
) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
}
