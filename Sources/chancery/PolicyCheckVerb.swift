import AccessControl
import ArgumentParser

struct PolicyCheckVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read policy files; say where one is wrong.",
        discussion: "Exit code 1 when one of them is. Without a file: the set that is compiled in.")

    @Argument(help: "Policy files.")
    var files: [String] = []

    func run() throws {
        let console = Console()
        var isGood = true
        for file in files.isEmpty ? [nil] : files.map(Optional.some) {
            do throws(OperatorError) {
                let set = try PolicyFile.load(file)
                let forbidding = set.policies.count { $0.effect == .forbid }
                console.say(
                    "\(file ?? PolicyFile.defaultName): \(set.policies.count) policies, \(forbidding) of them forbid"
                )
            } catch {
                console.say(error.message)
                isGood = false
            }
        }
        guard isGood else { throw ExitCode(1) }
    }
}
