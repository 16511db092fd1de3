import KeyCustody
import Synchronization

/// What the sockets answer from: they are open from the first moment, so that health can tell why the
/// keeper is not ready yet.
final class KeeperState: Sendable {
    enum Phase: Sendable {
        /// Not ready; what it waits for.
        case starting(String)
        case ready(KeyCustodian)
        /// Opened for its recovery: nothing new is signed, nothing decrypted.
        case recovering(KeyCustodian)
        /// Another copy of the data directory is at work: nothing is signed or decrypted any more.
        case refusing(KeyCustodyError)
        case stopping
    }

    private let current: Mutex<Phase>
    private let problem = Mutex("")
    /// Whether the process is locked into memory.
    let memoryLocked: Bool

    init(memoryLocked: Bool) {
        self.memoryLocked = memoryLocked
        current = Mutex(.starting("starting"))
    }

    var phase: Phase { current.withLock { $0 } }

    /// Why the TPM does not answer; empty: it does.
    var tpmProblem: String { problem.withLock { $0 } }
    func note(tpmProblem: String) { problem.withLock { $0 = tpmProblem } }

    func enter(_ phase: Phase) {
        current.withLock { $0 = phase }
    }
}
