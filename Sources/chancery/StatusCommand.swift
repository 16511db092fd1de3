import ArgumentParser
import Foundation

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show processes, ledger, last checkpoint, TPM and disk.",
        discussion: """
            Exit code 0: everything runs and is ready; 3: something is not.

            JSON (--json): {home, url, ready, processes: [{name, pid, ready, problem}], ledger: {size, signedSize, projectedSize, \
            projectionLag, activeSegment, sealedSegments, queueDepth, lastCheckpoint, keeperReachable, rotationProblem, \
            credentialsProblem, refusedErasures}, keeper: {tpm, subjects, treeSize, memoryLocked, tpmProblem, escrow, \
            escrowProblem, credentialsProblem, counters}, segmentFiles, manifestFiles, disk: {free, ledger, views, keys}}; sizes of \
            files in bytes, what does not answer is left out.
            """)

    @OptionGroup var options: HomeOptions

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.resolve()
        if home.appliance != nil { try Appliance.requireRoot() }
        let report = await StatusReport.take(home: home)
        let console = Console()
        try console.report(report.text, json: output.json ? report : nil)
        guard report.ready else { throw ExitStatus.attention.code }
    }
}
