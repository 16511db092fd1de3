import AccessControl
import ArgumentParser
import Foundation

struct PolicyInstallVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Put a policy set in force, as an entry of the ledger with its full text.",
        discussion: """
            Reads the file, shows which policies come (+), go (-) or change (~), signs the request with the administrator's key that
            `chancery up` made, and sends it. Refused when others set policies in between, and when the set would keep its author
            from setting policies again. Gateways judge by it within a second.

            JSON (--json): {changed, differences: [text], installed: {version, generation, index, textHash}}; installed is left out \
            where the file is in force already.
            """)

    @OptionGroup var options: HomeOptions
    @Argument(help: "A policy file.")
    var file: String
    @Option(help: "Base URL of the gateway.")
    var url: String?
    @OptionGroup var output: OutputOptions

    private struct Outcome: Encodable {
        let changed: Bool
        let differences: [String]
        let installed: PolicyInstallation?
    }

    func run() async throws {
        let console = Console()
        let text = try PolicyFile.text(file)
        let set = try PolicyFile.read(text, from: file)
        let home = try options.existing()
        let request = OperatorRequest(
            home: home, base: try Endpoint.base(flag: url, home: home), caller: .administrator)
        let current = try await request.send(
            .GET, PolicyList.path, timeout: .seconds(30),
            failing: "The policies in force cannot be read", next: "See `chancery status`.",
            as: PolicyList.self)
        guard current.text != text else {
            return try console.report(
                "in force already: \(current.origin)",
                json: output.json
                    ? Outcome(changed: false, differences: [], installed: nil) : nil)
        }
        // Those in force may use what this version does not know: then there is nothing to compare.
        let old = current.text.flatMap { try? PolicySet($0) }
        let differences = old.map { PolicyDifference(from: $0, to: set).lines } ?? []
        if !output.json { for line in differences { console.say(line) } }
        let body = Data(text.utf8)
        let installed = try await request.send(
            .PUT, PolicyList.path, timeout: .seconds(60), body: Array(body), type: "text/plain",
            failing: "The policies were not put in force",
            next: "Correct what it names, or look at `chancery policy show`, then install again.",
            signing: .policies(body, expected: current.version), as: PolicyInstallation.self)
        if output.json {
            return try console.say(
                json: Outcome(changed: true, differences: differences, installed: installed))
        }
        console.say(
            "in force: \(set.policies.count) policies, entry \(installed.index) of generation \(installed.generation), SHA-256 \(installed.textHash)"
        )
        console.say("receipt: GET /api/v1/ledger/entries/\(installed.index)/receipt")
    }
}
