import CLinux
import Glibc
import Synchronization

/// ^C, a service manager's SIGTERM, or the end of the session (SIGHUP, where nobody ignores it), while a child works for us: passed
/// on, so that it is not left behind.
enum SignalRelay {
    private static let child = Atomic<pid_t>(0)
    private static let received = Atomic<Int32>(0)
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// Runs `work`, which starts a child, tells it to `relay`, and waits for it.
    /// - Throws: `interrupted` if a signal came; the child has ended then.
    static func during(
        _ work: (_ relay: (pid_t) -> Void) throws(OperatorError) -> Int32
    ) throws(OperatorError) -> Int32 {
        child.store(0, ordering: .relaxed)
        received.store(0, ordering: .relaxed)
        // What is ignored nohup(1) had so, and meant it.
        let heard = signals.filter { chancery_ignores_signal($0) == 0 }
        for number in heard { signal(number) { SignalRelay.handle($0) } }
        defer { for number in heard { signal(number, SIG_DFL) } }
        let status = try work { pid in
            child.store(pid, ordering: .sequentiallyConsistent)
            // It may have come before there was anybody to pass it to.
            if received.load(ordering: .sequentiallyConsistent) != 0 { kill(pid, SIGTERM) }
        }
        guard received.load(ordering: .relaxed) == 0 else { throw .interrupted }
        return status
    }

    /// In a signal handler: nothing but atomics and kill(2).
    private static func handle(_ number: Int32) {
        let before = errno
        received.store(number, ordering: .sequentiallyConsistent)
        let pid = child.load(ordering: .sequentiallyConsistent)
        if pid > 0 { kill(pid, SIGTERM) }
        errno = before
    }
}
