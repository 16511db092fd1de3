import Synchronization

@testable import LedgerStore

/// What goes wrong at the step that is reached the n-th time from now.
final class SimulatedTrouble: Sendable {
    enum Kind: Sendable {
        /// The process dies there: the disk is kept as it is at that instant.
        case kill
        /// The step fails, before or after it took effect.
        case failure
    }

    private struct State: Sendable {
        var kind: Kind?
        var stepsLeft = 0
        var image: LedgerFixture?
        var trace: [String] = []
    }

    private let state = Mutex(State())

    /// The disk of the instant of death, if it came to that.
    var image: LedgerFixture? { state.withLock { $0.image } }
    /// Steps reached, for a person who replays a seed.
    var trace: [String] { state.withLock { $0.trace } }

    func arm(_ kind: Kind?, afterSteps steps: Int) {
        state.withLock { state in
            state.kind = kind
            state.stepsLeft = steps
            state.image = nil
            state.trace = []
        }
    }

    /// Nothing more goes wrong; what did is kept.
    func disarm() { state.withLock { $0.kind = nil } }

    /// Called by every step of store and signer, on whatever thread it runs.
    func reach(_ step: String, _ fixture: LedgerFixture) throws {
        let due = state.withLock { state -> Kind? in
            state.trace.append(step)
            guard let kind = state.kind else { return nil }
            state.stepsLeft -= 1
            guard state.stepsLeft <= 0 else { return nil }
            state.kind = nil
            return kind
        }
        switch due {
        case .kill:
            let image = try fixture.image()
            state.withLock { $0.image = image }
        case .failure: throw LedgerFixture.Broken()
        case nil: break
        }
    }
}
