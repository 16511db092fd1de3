import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Streams creates with two encrypted fields each (and the contact id) to POST /api/v1/mutations.
struct BulkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulk", abstract: "Stream mutations to POST /api/v1/mutations.")

    @Option(help: "Port on this machine.") var port = 8443
    @Option(help: "CA certificate that the server's is issued by.") var ca: String
    @Option(help: "Bearer token.") var token: String
    @Option(help: "Streams at a time.") var streams = 2
    @Option(help: "Mutations in all.") var count = 100_000

    func run() async throws {
        let endpoint = try Endpoint(port: port, ca: ca)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let begin = ContinuousClock().now
        let share = count / streams
        let done = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<streams {
                tasks.addTask { try await stream(endpoint, group.next(), share) }
            }
            return try await tasks.reduce(0, +)
        }
        try Figures(
            name: "bulk, \(streams) streams", count: done, seconds: elapsed(since: begin)
        ).printLine()
        try await group.shutdownGracefully()
    }

    private func stream(_ endpoint: Endpoint, _ loop: any EventLoop, _ count: Int) async throws
        -> Int
    {
        let result = loop.makePromise(of: Int.self)
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/api/v1/mutations")
        head.headers = [
            "Host": "localhost:\(port)", "Authorization": "Bearer \(token)",
            "Content-Type": "application/x-ndjson", "X-Purpose": "sales",
            "Transfer-Encoding": "chunked",
        ]
        let request = head
        _ = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let sync = channel.pipeline.syncOperations
                    try sync.addHandler(
                        NIOSSLClientHandler(context: endpoint.tls, serverHostname: "localhost"))
                    try sync.addHTTPClientHandlers()
                    try sync.addHandler(BulkStream(request, count: count, result: result))
                }
            }
            .connect(host: "127.0.0.1", port: endpoint.port).get()
        return try await result.futureResult.get()
    }
}

/// Writes while the socket takes it, counts result lines that say 201.
private final class BulkStream: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let result: EventLoopPromise<Int>
    private let count: Int
    private var sent = 0
    private var lines = 0
    private var line: [UInt8] = []

    init(_ head: HTTPRequestHead, count: Int, result: EventLoopPromise<Int>) {
        self.head = head
        self.count = count
        self.result = result
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        push(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { push(context) }

    private func push(_ context: ChannelHandlerContext) {
        while sent < count, context.channel.isWritable {
            var chunk = context.channel.allocator.buffer(capacity: 1 << 15)
            for _ in 0..<min(64, count - sent) {
                let id = UUID().uuidString.lowercased()
                chunk.writeString(
                    #"{"op":"createContact","idempotencyKey":"\#(id)","body":{"email":"\#(id)@example.com","fullName":"Jane \#(id.prefix(8)) Doe","#
                        + #""consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales","marketing"]}}"#
                        + "\n")
                sent += 1
            }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: nil)
            if sent == count { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if head.status != .ok { fail(LoadError("HTTP \(head.status.code)"), context) }
        case .body(let bytes):
            for byte in bytes.readableBytesView {
                if byte == 0x0A { finishLine(context) } else { line.append(byte) }
            }
        case .end:
            if lines == count {
                result.succeed(lines)
                context.close(promise: nil)
            } else {
                fail(LoadError("\(lines) results for \(count) mutations"), context)
            }
        }
    }

    private func finishLine(_ context: ChannelHandlerContext) {
        if line.isEmpty { return }
        if String(decoding: line, as: UTF8.self).contains("\"status\":201") {
            lines += 1
        } else {
            fail(
                LoadError("a mutation was refused: \(String(decoding: line, as: UTF8.self))"),
                context)
        }
        line.removeAll(keepingCapacity: true)
    }

    func channelInactive(context: ChannelHandlerContext) {
        result.fail(LoadError("the connection was closed after \(lines) results"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        result.fail(error)
        context.close(promise: nil)
    }
}
