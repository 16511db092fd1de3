import ArgumentParser
import Foundation

struct LogsVerifyVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify every value of the ledger, in one step, while everything runs.",
        discussion: """
            Runs chancery-verify on the data directory's ledger/, with what --evidence names. It reads alone and verifies all of it each \
            time. What is in log/ or in the journal is text that nobody signed: there is nothing in it to verify.

            Without --trust the keys are those of the data directory's own trust.json: that shows that all of it agrees with itself. Whoever \
            altered one could have altered both, so an auditor gives a file that was obtained before.

            JSON (--json): the object of chancery-verify, format "chancery-verify/1", see chancery-verify --help.

            Exit code 0: everything holds; 1: something does not, and is named; 2: it cannot be read, or wrong usage of \
            chancery-verify; 3: verified in part, such as entries at the end that no checkpoint covers yet.
            """)

    @OptionGroup var options: HomeOptions

    @Option(
        help: ArgumentHelp(
            "Verified together with the ledger: a receipt, a proof, or a directory of them; may be repeated.",
            valueName: "path"))
    var evidence: [String] = []

    @Option(
        help: ArgumentHelp(
            "This backup in the place of the data directory, under the trust file in it: a later one may hold keys that it does not announce.",
            valueName: "directory"))
    var backup: String?

    @Option(help: "Trust file that you obtained separately (else that of what is verified).")
    var trust: String?

    @Flag(help: "Print nothing but a caution; the exit code tells.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try backup ?? options.resolve().root
        guard Files.exists(place + "/ledger") else {
            throw OperatorError(
                .notInitialised, "\(place) holds no ledger.",
                next: "Name a data directory with --home, or a backup with --backup.")
        }
        var arguments = [place] + (try evidence.flatMap { try Self.files($0) })
        if let trust { arguments += ["--trust", trust] }
        if output.json { arguments.append("--json") }
        if quiet { arguments.append("--quiet") }
        let status = try Foreground.run(try Binaries().sibling("chancery-verify"), arguments)
        if !quiet, let next = Self.next(status) { Console().note("  → " + next) }
        guard status == 0 else { throw ExitCode(status) }
    }

    /// One, or those of a directory.
    static func files(_ path: String) throws(OperatorError) -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw OperatorError(
                .badInput, "There is no \(path).", next: "Name files, or a directory of them.")
        }
        guard isDirectory.boolValue else { return [path] }
        let files = try Files.names(in: path).sorted().map { path + "/" + $0 }
            .filter { FileStatus.of($0).fact?.kind == .file }
        guard !files.isEmpty, !files.contains(where: { $0.hasSuffix(".sqlite") }) else {
            throw OperatorError(
                .badInput, "\(path) is no directory of receipts or proofs.",
                next: "Name them; a backup is verified with --backup.")
        }
        return files
    }

    /// What to do about an exit status of chancery-verify.
    private static func next(_ status: Int32) -> String? {
        switch status {
        case 0: nil
        case 1:
            "Write no more to this ledger before you know why (`chancery down`), keep a copy as it is, compare with what auditors hold; then restore a backup"
        case 2: "Run this as the owner of the data directory; see `chancery doctor`"
        case 3:
            "What is \"not checked\" above stays open; entries at the end are covered by a checkpoint within a second when the keeper runs"
        default: "chancery-verify ended before it was done: run it again"
        }
    }
}
