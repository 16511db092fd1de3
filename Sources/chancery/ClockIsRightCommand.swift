import ArgumentParser
import Foundation

struct ClockIsRightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock-is-right",
        abstract: "Record that the clock is right although the last entry is later; writes go on.")

    @OptionGroup var options: HomeOptions

    @Option(help: "Base URL of the gateway.")
    var url: String?

    func run() async throws {
        let home = try options.existing()
        let token = try await TokenRequest(subject: "chancery-operator", roles: ["operator"]).issue(
            from: home)
        let client = try GatewayClient(home: home, base: try Endpoint.base(flag: url, home: home))
        let reply: GatewayClient.Reply
        do {
            reply = try await client.send(
                .POST, "/api/v1/ledger/clock-correction", token: token, body: [],
                timeout: .seconds(30))
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        guard (200..<300).contains(reply.status) else {
            throw OperatorError(
                .refused, "The correction was not recorded: \(Problem.text(of: reply))",
                next: "See `chancery status`; sending it again is safe.")
        }
        Console().say("recorded that the clock is right; time goes on from here")
    }
}
