import Dispatch
import Glibc
import Synchronization

/// Where log lines go: gathered for a moment, then written at once. One write(2) a request costs more than what it tells.
///
/// Lines are written after 100 ms, above 64 KiB, with the next urgent line, and when the process exits. A crash may take the last
/// 100 ms of them along; what must not be lost stands in the ledger.
final class LogSink: Sendable {
    private static let patience = DispatchTimeInterval.milliseconds(100)
    private static let capacity = 64 * 1_024

    private let descriptor: CInt
    private let pending = Mutex<[UInt8]>([])
    /// Held while writing, so that lines keep their order.
    private let writing = Mutex(())
    private let timer = DispatchQueue(label: "chancery.log")

    init(descriptor: CInt) { self.descriptor = descriptor }

    func add(_ line: [UInt8], isUrgent: Bool) {
        let (count, isFirst) = pending.withLock { pending in
            let isFirst = pending.isEmpty
            pending += line
            return (pending.count, isFirst)
        }
        if isUrgent || count > Self.capacity {
            flush()
        } else if isFirst {
            timer.asyncAfter(deadline: .now() + Self.patience) { [self] in flush() }
        }
    }

    func flush() {
        writing.withLock { _ in
            let bytes = pending.withLock { pending in
                defer { pending = [] }
                return pending
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // Nobody is left to be told that the log is gone.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
