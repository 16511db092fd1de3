import Synchronization

/// Notices that a file is another than the one in force; looks at most once per `recheck`, for whoever comes first.
public final class FileWatch: Sendable {
    private struct State {
        var inForce: FileVersion?
        var lastLook = ContinuousClock.now
        /// Seen to be another; stays until somebody has dealt with it.
        var pending = false
    }

    private let path: String
    private let recheck: Duration
    private let state: Mutex<State>

    /// - Parameter inForce: taken before the file was read: if it changes in between, the next look reads it once more.
    public init(_ path: String, recheck: Duration, inForce: FileVersion?) {
        self.path = path
        self.recheck = recheck
        state = Mutex(State(inForce: inForce))
    }

    /// Whether the file is another than the one in force. Costs a stat(2) once per `recheck`.
    public func sawChange() -> Bool {
        state.withLock { state in
            if state.pending { return true }
            let now = ContinuousClock.now
            guard now - state.lastLook >= recheck else { return false }
            state.lastLook = now
            state.pending = FileVersion(path) != state.inForce
            return state.pending
        }
    }

    /// - Parameter version: now in force.
    public func settle(_ version: FileVersion?) {
        state.withLock { state in
            state.pending = false
            state.inForce = version
        }
    }

    /// The file could not be used, and what is in force stays.
    public func postpone() { state.withLock { $0.pending = false } }
}
