import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

/// One request after another over kept-alive TLS connections, until the time is over.
struct RequestLoad: ParsableArguments {
    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token.") var token: String
    @Option(help: "Connections, each with one request in flight.") var connections = 64
    @Option(help: "Seconds to run.") var seconds = 10.0

    var headers: HTTPHeaders {
        ["Host": "localhost:\(port)", "Authorization": "Bearer \(token)", "X-Purpose": "sales"]
    }

    /// Prints the figures of what was answered with `status`.
    func run(
        _ name: String, expecting status: UInt,
        _ request: @escaping @Sendable () -> (HTTPRequestHead, ByteBuffer)
    ) async throws {
        let endpoint = try Endpoint(port: port, ca: ca)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let begin = ContinuousClock().now
        let deadline = begin + .seconds(seconds)
        var running: [(HTTPConnection, EventLoopFuture<Void>)] = []
        for _ in 0..<connections {
            let (connection, finished) =
                try await HTTPConnection.connect(endpoint, on: group.next()) { finished in
                    HTTPConnection(expecting: status, finished: finished) {
                        ContinuousClock().now < deadline ? request() : nil
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
