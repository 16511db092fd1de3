import Dispatch
import Glibc

/// SIGTERM and SIGINT as something to wait for.
public final class TerminationSignals: Sendable {
    private let stream: AsyncStream<Int32>
    /// Dispatch objects are safe to use from any thread; their Swift types do not say so.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        self.stream = stream
        // No SIG_IGN for these: on Linux, Dispatch installs its own handler, and an ignored signal never gets to it.
        // It does so on a thread of its own; until then a signal would still end the process.
        let registered = DispatchSemaphore(value: 0)
        sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setRegistrationHandler { registered.signal() }
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        for _ in sources { registered.wait() }
    }

    /// Returns the first signal; also one that came before this call. For one waiter.
    @discardableResult
    public func wait() async -> Int32? {
        for await number in stream { return number }
        return nil
    }

    deinit { for source in sources { source.cancel() } }
}
