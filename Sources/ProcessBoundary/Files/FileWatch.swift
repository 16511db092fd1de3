import Synchronization

/// Notices that files are others than those in force; looks at most once per `recheck`, for whoever comes first.
public final class FileWatch: Sendable {
    /// In the order of the paths; nil for what is not there.
    public typealias Versions = [FileVersion?]

    private struct State {
        var inForce: Versions
        var lastLook = ContinuousClock.now
        /// Seen to be another; stays until somebody has dealt with it.
        var pending = false
        /// What was seen could not be used: those in force, back in their place, are news, too.
        var isPostponed = false
    }

    private let paths: [String]
    private let recheck: Duration
    private let state: Mutex<State>

    /// Read the files after: if one changes in between, the next look has it read once more.
    public init(_ paths: [String], recheck: Duration) {
        self.paths = paths
        self.recheck = recheck
        state = Mutex(State(inForce: paths.map { FileVersion($0) }))
    }

    /// Of the files as they are now; to be taken before they are read.
    public func versions() -> Versions { paths.map { FileVersion($0) } }

    /// Whether a file is another than the one in force. Costs a stat(2) of each once per `recheck`.
    public func sawChange() -> Bool {
        state.withLock { state in
            if state.pending { return true }
            let now = ContinuousClock.now
            guard now - state.lastLook >= recheck else { return false }
            state.lastLook = now
            state.pending = state.isPostponed || versions() != state.inForce
            return state.pending
        }
    }

    /// - Parameter versions: now in force.
    public func settle(_ versions: Versions) {
        state.withLock { state in
            state.pending = false
            state.isPostponed = false
            state.inForce = versions
        }
    }

    /// The files could not be used, and what is in force stays; the next look finds them again.
    public func postpone() {
        state.withLock { state in
            state.pending = false
            state.isPostponed = true
        }
    }
}
