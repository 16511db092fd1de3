import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1

/// Creates contacts one a request: what an enrichment platform's workers do.
struct PostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post", abstract: "POST /api/v1/contacts over TLS 1.3.")

    @OptionGroup var load: RequestLoad
    @Option(help: "Name in the output.") var name = "post"

    func run() async throws {
        var headers = load.headers
        headers.add(name: "Content-Type", value: "application/json")
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/api/v1/contacts", headers: headers)
        try await load.run(name, expecting: 201) {
            let id = UUID().uuidString.lowercased()
            let body = ByteBuffer(
                string:
                    #"{"email":"\#(id)@example.com","fullName":"Jane \#(id.prefix(8)) Doe","#
                    + #""consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales","marketing"]}"#
            )
            var request = head
            request.headers.add(name: "Idempotency-Key", value: id)
            request.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
            return (request, body)
        }
    }
}
