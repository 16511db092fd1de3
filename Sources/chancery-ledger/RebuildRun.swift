import Foundation
import LedgerStore
import Logging
import ProcessBoundary

/// `--rebuild`: throws the projections away and replays the segments through the keeper.
struct RebuildRun {
    let layout: HomeLayout
    init(layout: HomeLayout) {
        self.layout = layout
    }

    func run() async throws {
        let keeper = try await KeeperPort.ready(layout)
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
}
