import LedgerFormat
import Synchronization

/// The keeper's keys as they are known now: a rotation adds some and ends others while the ledger runs.
final class KnownKeys: Sendable {
    private struct State: Sendable {
        var identity: SignerIdentity
        var trust: TrustFile
    }

    private let state: Mutex<State>

    /// - Throws: `LedgerStoreError.damaged` when the keys do not make a trust file.
    init(_ identity: SignerIdentity) throws(LedgerStoreError) {
        state = Mutex(State(identity: identity, trust: try identity.trustFile()))
    }

    var identity: SignerIdentity { state.withLock { $0.identity } }
    var trust: TrustFile { state.withLock { $0.trust } }

    /// - Throws: as `init`; `.equivocation` when it is another log's.
    func update(_ identity: SignerIdentity) throws(LedgerStoreError) {
        let trust = try identity.trustFile()
        let isSame = state.withLock { state in
            guard state.identity.origin == identity.origin else { return false }
            state = State(identity: identity, trust: trust)
            return true
        }
        guard isSame else {
            throw LedgerStoreError(
                .equivocation, "The keeper signs for \(identity.origin) now: it is another one.")
        }
    }
}
