import AccessControl
import KeyCustody
import ProcessBoundary
import Synchronization

/// What the sockets answer from: they are open from the first moment, so that health can tell why the
/// keeper is not ready yet.
final class KeeperState: Sendable {
    enum Phase: Sendable {
        /// Not ready; what it waits for.
        case starting(String)
        /// Not ready before an operator brings a signed policy of this platform; in which it differs from those that are here.
        case unapproved(String)
        case ready(KeyCustodian)
        /// Opened for its recovery: nothing new is signed, nothing decrypted.
        case recovering(KeyCustodian)
        /// The TPM that answers is not the one that the keys are sealed to: until that one is back nothing is signed or
        /// decrypted, because what is acknowledged now could not be read after a restart.
        case suspended(KeyCustodian, String)
        /// Another copy of the data directory is at work: nothing is signed or decrypted any more.
        case refusing(KeyCustodyError)
        case stopping
    }

    private let current: Mutex<Phase>
    private let problem = Mutex("")
    private let escrow = Mutex("")
    /// Whether the process is locked into memory.
    let memoryLocked: Bool

    init(memoryLocked: Bool) {
        self.memoryLocked = memoryLocked
        current = Mutex(.starting("starting"))
    }

    var phase: Phase { current.withLock { $0 } }

    /// Of the log whose keys these are; nil while nothing is signed.
    var origin: String? {
        if case .ready(let custodian) = phase { custodian.origin } else { nil }
    }

    /// Its own; nil while nothing is signed.
    var tickets: TicketAuthority? {
        guard case .ready(let custodian) = phase else { return nil }
        return TicketAuthority(origin: custodian.origin, key: custodian.ticketKey)
    }

    /// Ready, or suspended until the right TPM is back.
    var isServing: Bool {
        switch phase {
        case .ready, .suspended: true
        case .starting, .unapproved, .recovering, .refusing, .stopping: false
        }
    }

    /// Why the TPM does not answer; empty: it does.
    var tpmProblem: String { problem.withLock { $0 } }
    func note(tpmProblem: String) { problem.withLock { $0 = tpmProblem } }

    /// From ready alone: a stop goes on stopping.
    func suspend(_ reason: String) {
        let changed = current.withLock { phase in
            guard case .ready(let custodian) = phase else { return false }
            phase = .suspended(custodian, reason)
            return true
        }
        if changed { ServiceManager.current.status("suspended: \(reason)") }
    }

    func resume() {
        let changed = current.withLock { phase in
            guard case .suspended(let custodian, _) = phase else { return false }
            phase = .ready(custodian)
            return true
        }
        if changed { ServiceManager.current.status("serving") }
    }

    /// Why there is no escrow of the newest epoch; empty: there is, or none was set up.
    var escrowProblem: String { escrow.withLock { $0 } }
    func note(escrowProblem: String) { escrow.withLock { $0 = escrowProblem } }

    func enter(_ phase: Phase) {
        current.withLock { $0 = phase }
        tell(phase)
    }

    private func tell(_ phase: Phase) {
        let manager = ServiceManager.current
        switch phase {
        case .starting(let reason): manager.status(reason)
        // Only a person takes it from here: nobody should wait for that.
        case .unapproved(let reason): manager.ready(reason)
        case .ready: manager.ready("serving")
        case .recovering: manager.ready("open for a recovery")
        case .suspended(_, let reason): manager.status("suspended: \(reason)")
        case .refusing(let error): manager.status("refusing: \(error)")
        case .stopping: manager.stopping()
        }
    }
}
