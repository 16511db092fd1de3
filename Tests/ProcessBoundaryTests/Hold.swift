import Dispatch

/// Holds up a thread that is not one of Swift concurrency's.
final class Hold: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func waitBlocking() { semaphore.wait() }
    func release() { semaphore.signal() }
}
