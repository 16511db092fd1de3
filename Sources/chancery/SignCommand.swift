import AccessControl
import ArgumentParser
import Foundation

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract:
            "Print the headers that sign a request (RFC 9421), for erasures, operations on keys and policies.",
        discussion: """
            Good for one request, with this token, to the log of this origin, within a minute:
              chancery sign DELETE /api/v1/contacts/ID --client-cert dpo.pem --token "$TOKEN" > headers
              curl -X DELETE -H @headers -H "Authorization: Bearer $TOKEN" --cert dpo.pem --key dpo.key …
            """)

    @Argument(help: "DELETE, POST or PUT.")
    var method: String

    @Argument(help: "Path of the request, without a query.")
    var path: String

    @Option(
        help:
            "The client certificate that the token is bound to, in PEM; its key is beside it, .key for .pem."
    )
    var clientCert: String

    @Option(help: "The token that the request is sent with.")
    var token: String

    @Option(help: "The file that is sent as the body: policies.")
    var body: String?

    @Option(help: "Version of the policies that the body replaces, for If-Match.")
    var ifMatch: UInt64?

    @Option(
        help:
            "The log that it is for: the origin in trust.json, the first line of /ledger/checkpoint (default: asked of the gateway, which must name that of the home's trust.json)."
    )
    var origin: String?

    @Option(help: "Base URL of the gateway.")
    var url: String?

    @OptionGroup var options: HomeOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard ifMatch == nil || body != nil else {
            throw ValidationError("--if-match belongs to a --body.")
        }
    }

    func run() async throws {
        guard path.hasPrefix("/"), !path.contains("?") else {
            throw OperatorError(
                .badInput, "\(path) is no path.", next: "Write it as in /api/v1/contacts/ID.")
        }
        let signer = try RequestSigner(ClientIdentity(pem: clientCert))
        let target = SignedTarget(
            method: method.uppercased(), path: path,
            contentDigest: try body.map { path in
                SignedTarget.contentDigest(of: Data(try PolicyFile.text(path).utf8))
            },
            ifMatch: ifMatch.map { "\"\($0)\"" })
        let origin = try await chosenOrigin()
        let headers = try signer.headers(for: target, token: token, origin: origin)
        try Console().report(
            headers.map { "\($0): \($1)" }.joined(separator: "\n"),
            json: output.json
                ? ["headers": Dictionary(headers, uniquingKeysWith: { first, _ in first })] : nil)
    }

    private func chosenOrigin() async throws -> String {
        if let origin { return try LogOrigin.check(origin) }
        let home = try options.resolve()
        let client = try GatewayClient(home: home, base: try Endpoint.base(flag: url, home: home))
        do {
            let origin = try await LogOrigin.confirmed(by: client, home: home)
            await client.shutdown()
            return origin
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
