import Synchronization

/// Notices that the file of keys is another than the one in force; looks at most once per `recheck`, for whoever
/// comes first: tokens not seen before and remembered ones alike.
final class KeySetWatch: Sendable {
    private struct State {
        var inForce: KeySetFile.Version?
        var lastLook = ContinuousClock.now
        /// Seen to be another; stays until somebody has dealt with it.
        var pending = false
    }

    private let file: KeySetFile
    private let recheck: Duration
    private let state: Mutex<State>

    init(_ file: KeySetFile, recheck: Duration, inForce: KeySetFile.Version?) {
        self.file = file
        self.recheck = recheck
        state = Mutex(State(inForce: inForce))
    }

    /// Whether the file is another than the one in force. Costs a stat(2) once per `recheck`.
    func sawChange() -> Bool {
        state.withLock { state in
            if state.pending { return true }
            let now = ContinuousClock.now
            guard now - state.lastLook >= recheck else { return false }
            state.lastLook = now
            state.pending = file.version() != state.inForce
            return state.pending
        }
    }

    /// - Parameter version: now in force; nil when the file could not be used and the keys stay as they are.
    func settle(_ version: KeySetFile.Version?) {
        state.withLock { state in
            state.pending = false
            if let version { state.inForce = version }
        }
    }
}
