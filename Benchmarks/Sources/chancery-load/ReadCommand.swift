import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Reads one contact over kept-alive TLS connections; each answer waits for its durable audit entry.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "GET /api/v1/contacts/{id} over TLS 1.3.")

    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token.") var token: String
    @Option(help: "The contact's id.") var id: String
    @Option(help: "Connections, each with one request in flight.") var connections = 64
    @Option(help: "Seconds to run.") var seconds = 10.0
    @Option(help: "Name in the output.") var name = "read"

    func run() async throws {
        let endpoint = try Endpoint(port: port, ca: ca)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let begin = ContinuousClock().now
        let deadline = begin + .seconds(seconds)
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/api/v1/contacts/\(id)",
            headers: [
                "Host": "localhost:\(port)", "Authorization": "Bearer \(token)",
                "X-Purpose": "sales",
            ])
        var running: [(HTTPConnection, EventLoopFuture<Void>)] = []
        for _ in 0..<connections {
            let (connection, finished) =
                try await HTTPConnection.connect(endpoint, on: group.next()) { finished in
                    HTTPConnection(expecting: 200, finished: finished) {
                        ContinuousClock().now < deadline ? (head, ByteBuffer()) : nil
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
