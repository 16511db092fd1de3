import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Erases contacts, each by a request of its own, and counts how many steps of the keeper's epoch that took.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "DELETE /api/v1/contacts/{id} over TLS 1.3.")

    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token, role dpo.") var token: String
    @Option(help: "File with the contacts' ids, one a line.") var ids: String
    @Option(help: "Connections, each with one request in flight; all begin at once.")
    var connections = 1

    func run() async throws {
        let endpoint = try Endpoint(port: port, ca: ca)
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
                        let head = HTTPRequestHead(
                            version: .http1_1, method: .DELETE, uri: "/api/v1/contacts/\(id)",
                            headers: headers)
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
