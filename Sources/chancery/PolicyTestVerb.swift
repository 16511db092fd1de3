import AccessControl
import ArgumentParser

struct PolicyTestVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask a policy set what case files expect an answer to.",
        discussion: """
            DIR/ALLOW/*.json must be allowed, DIR/DENY/*.json denied. A file says who (`roles`, `dpo+operator` for a token with
            both), asks what (`asks`), for which `purpose`, and which `policies` must decide; or gives one `request` with
            its `entities` in Cedar's JSON form. Exit code 1 when an answer differs.

            JSON (--json): {files, questions, failures: [text]}.
            """)

    @Argument(help: "A directory with ALLOW and DENY.")
    var directory = "policies/cases"
    @Option(help: "The policy set; else the one that is compiled in.")
    var policies: String?
    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        let files: Int
        let questions: Int
        let failures: [String]
    }

    func run() throws {
        let set = try PolicyFile.load(policies)
        var files = 0
        var questions = 0
        var failures: [String] = []
        for (name, outcome) in [("ALLOW", Decision.Outcome.allow), ("DENY", .deny)] {
            for path in PolicyFile.cases(in: "\(directory)/\(name)") {
                let policyCase = try PolicyFile.loadCase(path)
                files += 1
                questions += policyCase.questions.count
                failures += policyCase.failures(of: set, expecting: outcome).map {
                    "\(path): \($0)"
                }
            }
        }
        guard files > 0 else {
            throw OperatorError(
                .badInput, "There is no case in \(directory).",
                next: "Name a directory with ALLOW/*.json or DENY/*.json, such as policies/cases.")
        }
        let verdict =
            failures.isEmpty
            ? "\(files) files, \(questions) requests: all answered as expected"
            : "\(failures.count) of \(questions) answers differ"
        let report = Report(files: files, questions: questions, failures: failures)
        try Console().report(
            (failures + [verdict]).joined(separator: "\n"), json: output.json ? report : nil)
        guard failures.isEmpty else { throw ExitStatus.failed.code }
    }
}
