import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Creates contacts one a request over kept-alive TLS connections: what an enrichment platform's workers do.
struct PostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post", abstract: "POST /api/v1/contacts over TLS 1.3.")

    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token.") var token: String
    @Option(help: "Connections, each with one request in flight.") var connections = 64
    @Option(help: "Seconds to run.") var seconds = 10.0
    @Option(help: "Name in the output.") var name = "post"

    func run() async throws {
        let endpoint = try Endpoint(port: port, ca: ca)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let begin = ContinuousClock().now
        let deadline = begin + .seconds(seconds)
        let headers: HTTPHeaders = [
            "Host": "localhost:\(port)", "Authorization": "Bearer \(token)",
            "Content-Type": "application/json", "X-Purpose": "sales",
        ]
        var running: [(HTTPConnection, EventLoopFuture<Void>)] = []
        for _ in 0..<connections {
            let (connection, finished) =
                try await HTTPConnection.connect(endpoint, on: group.next()) { finished in
                    HTTPConnection(expecting: 201, finished: finished) {
                        guard ContinuousClock().now < deadline else { return nil }
                        let id = UUID().uuidString.lowercased()
                        let body = ByteBuffer(
                            string:
                                #"{"email":"\#(id)@example.com","fullName":"Jane \#(id.prefix(8)) Doe","#
                                + #""consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales","marketing"]}"#
                        )
                        var head = HTTPRequestHead(
                            version: .http1_1, method: .POST, uri: "/api/v1/contacts",
                            headers: headers)
                        head.headers.add(name: "Idempotency-Key", value: id)
                        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
                        return (head, body)
                    }
                }
            connection.begin()
            running.append((connection, finished))
        }
        var latencies = Latencies()
        var (count, refused) = (0, 0)
        for (connection, finished) in running {
            try await finished.get()
            count += connection.latencies.count
            refused += connection.refused
            latencies.add(contentsOf: connection.latencies)
        }
        try Figures(
            name: "\(name), \(connections) connections", count: count,
            seconds: elapsed(since: begin), latencies: latencies, refused: refused
        ).printLine()
        try await group.shutdownGracefully()
    }
}
