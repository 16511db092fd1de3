import ArgumentParser
import Foundation

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show processes, ledger, last checkpoint, TPM and disk.",
        discussion: "Exit code 0: everything runs and is ready; 3: something is not.")

    @OptionGroup var options: HomeOptions

    @Flag(help: "For machines.")
    var json = false

    func run() async throws {
        let home = try options.resolve()
        let report = await StatusReport.take(home: home)
        let console = Console()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            console.say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            console.say(report.text)
        }
        guard report.ready else { throw ExitCode(3) }
    }
}
