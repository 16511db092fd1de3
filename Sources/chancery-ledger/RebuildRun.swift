import Foundation
import LedgerStore
import Logging
import NIOPosix
import ProcessBoundary

/// `--rebuild`: throws the projections away and replays the segments through the keeper.
struct RebuildRun {
    let layout: HomeLayout
    /// The keeper may still be starting.
    private static let patience = Duration.seconds(60)

    init(layout: HomeLayout) {
        self.layout = layout
    }

    func run() async throws {
        let keeper = KeeperPort(
            KeeperClient(
                socketPath: layout.keeperLedgerSocket, group: MultiThreadedEventLoopGroup.singleton)
        )
        try await waitFor(keeper)
        let report = try await Ledger.rebuild(
            layout.ledgerConfiguration(Logger(label: "chancery.ledger")), signer: keeper,
            reindexer: keeper)
        await keeper.shutdown()
        let seconds = report.duration / .seconds(1)
        print(
            "projected \(report.entries) entries of \(report.segments) segments in "
                + String(format: "%.1f s", seconds)
                + String(format: " (%.0f entries/s)", Double(report.entries) / max(seconds, 0.001)))
    }

    private func waitFor(_ keeper: KeeperPort) async throws {
        let start = ContinuousClock.now
        while true {
            do {
                _ = try await keeper.identity()
                return
            } catch {
                guard start.duration(to: .now) < Self.patience else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
