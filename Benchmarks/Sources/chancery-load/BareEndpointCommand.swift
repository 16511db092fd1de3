import ArgumentParser
import Crypto
import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOSSL
import Synchronization

/// The least that `POST /contacts` and `GET /contacts/{id}` could cost in this stack: TLS, a token looked up by its hash, the body
/// decoded, a small JSON answer. Nothing is stored.
struct BareEndpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare", abstract: "Baseline: a bare Hummingbird TLS JSON endpoint.")

    @Option(help: "Port on this machine.") var port = 8444
    @Option(help: "Server certificate, PEM.") var certificate: String
    @Option(help: "Its key, PEM.") var key: String
    @Option(help: "The one token that counts.") var token: String

    private struct Body: Decodable {
        let email: String
        let fullName: String
        let consentType: String
        let legalBasis: String
        let purposeCodes: [String]
    }

    private struct Answer: ResponseEncodable {
        let id: String
        let createdAt: Date
    }

    func run() async throws {
        let known: Set<[UInt8]> = [Array(SHA256.hash(data: Data(token.utf8)))]
        let router = Router()
        router.post("/api/v1/contacts") { request, context in
            let credential = (request.headers[.authorization] ?? "").dropFirst("Bearer ".count)
            guard known.contains(Array(SHA256.hash(data: Data(credential.utf8)))) else {
                throw HTTPError(.unauthorized)
            }
            let body = try await request.decode(as: Body.self, context: context)
            guard body.email.contains("@") else { throw HTTPError(.badRequest) }
            return EditedResponse(
                status: .created,
                response: Answer(id: UUID().uuidString.lowercased(), createdAt: Date()))
        }
        router.get("/api/v1/contacts/{id}") { request, context in
            let credential = (request.headers[.authorization] ?? "").dropFirst("Bearer ".count)
            guard known.contains(Array(SHA256.hash(data: Data(credential.utf8)))) else {
                throw HTTPError(.unauthorized)
            }
            return Answer(id: try context.parameters.require("id"), createdAt: Date())
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        tls.minimumTLSVersion = .tlsv13
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() })
        try await application.runService()
    }
}
