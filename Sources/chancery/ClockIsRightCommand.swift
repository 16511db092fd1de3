import ArgumentParser
import Foundation

struct ClockIsRightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock-is-right",
        abstract: "Record that the clock is right although the last entry is later; writes go on.",
        discussion: "JSON (--json): {recorded: true}.")

    @OptionGroup var options: HomeOptions

    @Option(help: "Base URL of the gateway.")
    var url: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let base = try Endpoint.base(flag: url, home: home)
        _ = try await OperatorRequest(home: home, base: base).send(
            .POST, "/api/v1/ledger/clock-correction", timeout: .seconds(30),
            failing: "The correction was not recorded",
            next: "See `chancery status`; sending it again is safe.")
        try Console().report(
            "recorded that the clock is right; time goes on from here",
            json: output.json ? ["recorded": true] : nil)
    }
}
