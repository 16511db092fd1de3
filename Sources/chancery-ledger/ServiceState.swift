import LedgerStore
import ProcessBoundary
import Synchronization

/// Whether there is a ledger to serve from yet, and why not.
final class ServiceState: Sendable {
    private enum Value: Sendable {
        case starting(String)
        case open(Ledger)
        case stopping
    }

    private static let remaking = "its projections are being made anew"

    private let value = Mutex(Value.starting("opening the ledger"))

    func wait(_ problem: String) {
        let changed = value.withLock { value in
            guard case .starting = value else { return false }
            value = .starting(problem)
            return true
        }
        if changed { ServiceManager.current.status("starting: \(problem)") }
    }

    /// The ledger is closed to be opened again.
    func reopen() {
        let changed = value.withLock { value in
            guard case .open = value else { return false }
            value = .starting(Self.remaking)
            return true
        }
        if changed { ServiceManager.current.status(Self.remaking) }
    }

    func open(_ ledger: Ledger) {
        value.withLock { $0 = .open(ledger) }
        ServiceManager.current.ready("serving")
    }

    func stop() {
        value.withLock { $0 = .stopping }
        ServiceManager.current.stopping()
    }

    /// - Throws: `UNAVAILABLE` before the ledger is open and after it stopped.
    func ledger() throws(WireFault) -> Ledger {
        let value = value.withLock { $0 }
        switch value {
        case .open(let ledger): return ledger
        case .starting(let problem):
            throw WireFault(
                .unavailable, "The ledger is starting: \(problem)", retryAfterMilliseconds: 1_000)
        case .stopping:
            throw WireFault(
                .unavailable, "The ledger is stopping.", retryAfterMilliseconds: 2_000)
        }
    }
}
