internal import Foundation
internal import LedgerVerification
internal import Synchronization

/// One line on standard error that tells how far a verification is; none where that is no terminal.
final class ProgressBar: Sendable {
    private struct State {
        var segment: UInt64 = 0
        var finishedBytes: Double = 0
        var finishedEntries: UInt64 = 0
        var entries: UInt64 = 0
        var lastDrawn: ContinuousClock.Instant
    }

    private let sizes: [UInt64: Double]
    private let totalBytes: Double
    private let start = ContinuousClock().now
    private let state: Mutex<State>

    /// - Parameter sizes: bytes of each segment; one that is absent counts as the only one.
    init?(sizes: [UInt64: Double]) {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        self.sizes = sizes
        totalBytes = max(1, sizes.values.reduce(0, +))
        state = Mutex(State(lastDrawn: start))
    }

    static func sizes(_ evidence: LedgerEvidence) -> [UInt64: Double] {
        var sizes: [UInt64: Double] = [:]
        for segment in evidence.segments {
            let attributes = try? FileManager.default.attributesOfItem(atPath: segment.path)
            sizes[segment.number] = Double((attributes?[.size] as? NSNumber)?.uint64Value ?? 0)
        }
        return sizes
    }

    func update(_ progress: VerificationProgress) {
        let now = ContinuousClock().now
        let line = state.withLock { state -> String? in
            if state.segment != progress.segment {
                state.finishedBytes += sizes[state.segment] ?? 0
                state.finishedEntries += state.entries
                state.segment = progress.segment
            }
            state.entries = progress.entries
            // Ten times a second is as often as an eye can use.
            guard state.lastDrawn.duration(to: now) > .milliseconds(100) else { return nil }
            state.lastDrawn = now
            let part = Double(progress.entries) / Double(max(1, progress.total))
            let done = state.finishedBytes + part * (sizes[progress.segment] ?? 1)
            return self.line(done / totalBytes, state: state, now: now)
        }
        if let line { FileHandle.standardError.write(Data(line.utf8)) }
    }

    func clear() {
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }

    private func line(_ fraction: Double, state: State, now: ContinuousClock.Instant) -> String {
        let width = 30
        let filled = min(width, max(0, Int(fraction * Double(width))))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let entries = state.finishedEntries + state.entries
        let seconds = max(0.001, Double(start.duration(to: now) / .milliseconds(1)) / 1_000)
        return "\r\u{1B}[K\(bar) \(min(100, Int(fraction * 100))) %  segment \(state.segment)  "
            + "\(Figures.grouped(entries)) entries  "
            + "\(Figures.grouped(UInt64(Double(entries) / seconds)))/s"
    }
}
