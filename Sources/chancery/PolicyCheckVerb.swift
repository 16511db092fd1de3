import AccessControl
import ArgumentParser

struct PolicyCheckVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read policy files; say where one is wrong.",
        discussion: """
            Exit code 1 when one of them is. Without a file: the set that is compiled in.

            JSON (--json): {ok, files: [{file, ok, policies, forbidding, problem}]}.
            """)

    @Argument(help: "Policy files.")
    var files: [String] = []
    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        struct File: Encodable {
            let file: String
            let ok: Bool
            var policies: Int?
            var forbidding: Int?
            var problem: String?
        }

        let ok: Bool
        let files: [File]
    }

    func run() throws {
        var read: [Report.File] = []
        var lines: [String] = []
        for file in files.isEmpty ? [nil] : files.map(Optional.some) {
            do throws(OperatorError) {
                let set = try PolicyFile.load(file)
                let forbidding = set.policies.count { $0.effect == .forbid }
                let name = file ?? PolicyFile.defaultName
                read.append(
                    .init(
                        file: name, ok: true, policies: set.policies.count, forbidding: forbidding))
                lines.append(
                    "\(name): \(set.policies.count) policies, \(forbidding) of them forbid")
            } catch {
                read.append(
                    .init(file: file ?? PolicyFile.defaultName, ok: false, problem: error.message))
                lines.append(error.message)
            }
        }
        let isGood = read.allSatisfy(\.ok)
        try Console().report(
            lines.joined(separator: "\n"),
            json: output.json ? Report(ok: isGood, files: read) : nil)
        guard isGood else { throw ExitStatus.failed.code }
    }
}
