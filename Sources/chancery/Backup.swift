import Foundation
import ProcessBoundary

/// Steps that a backup and a restore share.
enum Backup {
    /// chancery-verify's: everything holds, or all but what nobody has signed yet.
    private static let verified: Set<Int32> = [0, 3]

    static func run(
        _ binaries: Binaries, _ program: String, _ arguments: [String]
    ) throws(OperatorError) {
        let status = try Foreground.run(try binaries.sibling(program), arguments)
        guard status == 0 else {
            throw OperatorError(
                .processExited, "\(program) \(arguments[0]) ended with status \(status).",
                next: "Mend what it names above, then run this again.")
        }
    }

    static func verify(
        _ binaries: Binaries, _ directory: String, _ console: Console
    ) throws(OperatorError) {
        console.note("verifying the copy")
        let log = directory + "/verify.log"
        let status = try Foreground.run(
            try binaries.sibling("chancery-verify"),
            [directory + "/ledger", "--trust", directory + "/trust.json"], output: log)
        guard verified.contains(status) else {
            throw OperatorError(
                .refused, "The copied ledger does not verify:\n\(LogTail.read(log, lines: 8))",
                next: "Run `chancery-verify` on the data directory, or use another backup.")
        }
        unlink(log)
    }
}
