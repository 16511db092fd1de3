import ProcessBoundary
import Synchronization

/// Requests that were refused before they had a caller, or beyond a quota, on their way into the audit trail: counted by reason, and recorded once per window, so
/// that whoever sends garbage writes no entry for each.
///
/// While the ledger cannot take them they are kept and added to. Not durable before the refusal is told: it discloses nothing.
public final class RefusalLog: Sendable {
    private struct State {
        var counts: [String: UInt64] = [:]
        var isWaiting = false
    }

    private let ledger: any LedgerPort
    private let window: Duration
    private let state = Mutex(State())

    public init(ledger: any LedgerPort, window: Duration = .seconds(10)) {
        self.ledger = ledger
        self.window = window
    }

    /// - Parameter reason: one of a few codes.
    public func note(_ reason: String) {
        state.withLock { $0.counts[reason, default: 0] += 1 }
        wait()
    }

    /// What was counted is recorded now; what could not be, later.
    public func flush() async {
        let counts = state.withLock { state in
            defer { state.counts = [:] }
            return state.counts
        }
        guard !counts.isEmpty else { return }
        var request = WireRefusalsRequest()
        request.items = counts.sorted { $0.key < $1.key }.map { reason, count in
            var refusals = WireRefusals()
            refusals.reason = reason
            refusals.count = UInt32(clamping: count)
            return refusals
        }
        do {
            _ = try await ledger.ask(.recordRefusals(request)) { result -> WireAppendResponse? in
                if case .append(let response) = result { response } else { nil }
            }
        } catch {
            state.withLock { $0.counts.merge(counts) { $0 + $1 } }
            wait()
        }
    }

    /// At most one waits.
    private func wait() {
        let isFirst = state.withLock { state in
            defer { state.isWaiting = true }
            return !state.isWaiting
        }
        guard isFirst else { return }
        Task {
            try? await Task.sleep(for: window)
            state.withLock { $0.isWaiting = false }
            await flush()
        }
    }
}
