import ArgumentParser

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print a bearer token of the development issuer.",
        discussion:
            "JSON (--json): {token, subject, roles, clearance, expiresIn}; expiresIn in seconds.")

    @OptionGroup var options: HomeOptions

    @Option(help: "Opaque principal id, [A-Za-z0-9._:-]{1,64}; it becomes the actor in the ledger.")
    var subject: String

    @Option(
        help:
            "enrichment-platform, verifier, dpo, operator or administrator; may be given more than once."
    )
    var role: [String]

    @Option(help: "Clearance, such as s1/i1.")
    var clearance: String?

    @Option(help: "Lifetime: 90s, 15m, 1h; at most 24h.")
    var ttl = "1h"

    @Option(
        help: "PEM file of the subject's client certificate: the token counts only beside it.")
    var clientCert: String?

    @OptionGroup var output: OutputOptions

    private struct Issued: Encodable {
        let token: String
        let subject: String
        let roles: [String]
        let clearance: String
        let expiresIn: Int
    }

    func run() async throws {
        let home = try options.existing()
        let request = try TokenRequest(
            subject: subject, roles: role, clearance: clearance, ttl: ttl, certificate: clientCert)
        let token = try await request.issue(from: home)
        let issued = Issued(
            token: token, subject: request.subject, roles: request.roles,
            clearance: request.clearance, expiresIn: request.lifetime)
        try Console().report(token, json: output.json ? issued : nil)
    }
}
