import ArgumentParser
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Erases contacts, each by a request of its own, and counts how many steps of the keeper's epoch that took.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "DELETE /api/v1/contacts/{id} over TLS 1.3.")

    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token, role dpo.") var token: String
    @Option(help: "Client certificate that the token is bound to, NAME.pem; its key: NAME.key.")
    var clientCert: String
    @Option(help: "File with the contacts' ids, one a line.") var ids: String
    @Option(help: "Connections, each with one request in flight; all begin at once.")
    var connections = 1

    func run() async throws {
        let endpoint = try Endpoint(port: port, ca: ca, identity: clientCert)
        let signer = try Signer(identity: clientCert, token: token)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // All on one event loop, which alone touches it.
        let work = Work(
            try String(contentsOfFile: ids, encoding: .utf8).split(separator: "\n").reversed())
        let headers: HTTPHeaders = [
            "Host": "localhost:\(port)", "Authorization": "Bearer \(token)",
            "Content-Length": "0",
        ]
        var running: [(HTTPConnection, EventLoopFuture<Void>)] = []
        for _ in 0..<connections {
            running.append(
                try await HTTPConnection.connect(endpoint, on: group.next()) { finished in
                    HTTPConnection(expecting: 200, finished: finished, take: work.answered) {
                        guard let id = work.left.popLast() else { return nil }
                        let path = "/api/v1/contacts/\(id)"
                        var headers = headers
                        for (name, value) in signer.headers("DELETE", path) {
                            headers.add(name: name, value: value)
                        }
                        let head = HTTPRequestHead(
                            version: .http1_1, method: .DELETE, uri: path, headers: headers)
                        return (head, ByteBuffer())
                    }
                })
        }
        let begin = ContinuousClock().now
        for (connection, _) in running { connection.begin() }
        var latencies = Latencies()
        for (connection, finished) in running {
            try await finished.get()
            guard connection.refused == 0 else {
                throw LoadError("\(connection.refused) erasures were refused")
            }
            latencies.add(contentsOf: connection.latencies)
        }
        var figures = Figures(
            name: "erase, \(connections) connections", count: latencies.count,
            seconds: elapsed(since: begin), latencies: latencies)
        figures.steps = work.epochs.count
        try figures.printLine()
        try await group.shutdownGracefully()
    }

    /// Signs each request (RFC 9421) with the certificate's key.
    private struct Signer: Sendable {
        private let key: P256.Signing.PrivateKey
        private let keyID: String
        private let token: String

        init(identity: String, token: String) throws {
            self.token = token
            let path = identity.dropLast(3) + "key"
            key = try P256.Signing.PrivateKey(
                pemRepresentation: String(contentsOfFile: String(path), encoding: .utf8))
            guard let der = try NIOSSLCertificate.fromPEMFile(identity).first?.toDERBytes() else {
                throw LoadError("\(identity) holds no certificate")
            }
            keyID = Data(SHA256.hash(data: der)).base64EncodedString()
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
        }

        func headers(_ method: String, _ path: String) -> [(String, String)] {
            let parameters =
                #"("@method" "@path" "authorization");created=\#(Int(Date().timeIntervalSince1970))"#
                + #";nonce="\#(UUID().uuidString)";keyid="\#(keyID)";alg="ecdsa-p256-sha256""#
            let base = [
                #""@method": \#(method)"#, #""@path": \#(path)"#,
                #""authorization": Bearer \#(token)"#, #""@signature-params": \#(parameters)"#,
            ].joined(separator: "\n")
            // Without one the request is refused, and counted.
            guard let signature = try? key.signature(for: Data(base.utf8)) else { return [] }
            let encoded = signature.rawRepresentation.base64EncodedString()
            return [("Signature-Input", "sig=\(parameters)"), ("Signature", "sig=:\(encoded):")]
        }
    }

    private final class Work: @unchecked Sendable {
        var left: [Substring]
        private(set) var epochs: Set<Int> = []

        init(_ ids: [Substring]) { left = ids }

        func answered(_ body: ByteBuffer) throws {
            let answer = try JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
            guard answer.status == "ERASED", let epoch = answer.epochAfter else {
                throw LoadError("not erased yet: \(String(buffer: body))")
            }
            epochs.insert(epoch)
        }
    }

    private struct Answer: Decodable {
        let status: String
        let epochAfter: Int?
    }
}
