import LedgerFormat
import LedgerStore
import Logging
import ProcessBoundary

/// `--recover`: goes on in the generation or ends it, with a keeper that was started for it.
struct RecoverRun {
    let layout: HomeLayout

    /// - Parameter known: paths of checkpoints that somebody holds.
    func run(reason: String, known paths: [String]) async throws {
        let known = try paths.map { try SystemFile.read($0, limit: LedgerLimits.maxNoteBytes) }
        let keeper = try await KeeperPort.ready(layout)
        let report = try await Ledger.recover(
            layout.ledgerConfiguration(Logger(label: "chancery.ledger")), reason: reason,
            known: known,
            signer: keeper, ender: keeper, reindexer: keeper)
        await keeper.shutdown()
        guard let report else {
            print(
                "nothing to recover: this directory is the newest that its TPM and its keeper know")
            return
        }
        print("why: \(report.problem)")
        guard let begun = report.begun else {
            print(
                "generation \(report.ended) goes on: its TPM certifies that the \(report.size) entries here are all that was signed"
            )
            print(
                "keys drawn since keys/ was copied are lost all the same: people who were new then are gone from every answer, and contacts "
                    + "with values of those days cannot be read")
            return
        }
        print("why not in generation \(report.ended): \(report.notInPlace ?? "")")
        print(
            report.size == 0
                ? "generation \(report.ended), of which nothing is here, is skipped"
                : "generation \(report.ended) ends with \(report.size) entries, all signed and sealed"
        )
        print(
            report.lost == 0
                ? "no signed entry is known to be lost"
                : "\(report.lost) signed entries are lost: \(report.knownSize) were signed")
        if report.unsigned > 0 {
            print(
                "\(report.unsigned) entries that no checkpoint here covers are set aside in recovered/; where keys/ is "
                    + "older than ledger/, the last of them may have been acknowledged"
            )
        }
        print("generation \(begun) begins with the next start")
    }
}
