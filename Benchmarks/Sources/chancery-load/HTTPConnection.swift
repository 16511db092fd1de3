import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One TLS 1.3 connection that sends a request, waits for the whole answer, and repeats.
final class HTTPConnection: ChannelInboundHandler, @unchecked Sendable {
    // Touched on its event loop only.
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let next: () -> (HTTPRequestHead, ByteBuffer)?
    private let expected: UInt
    private let finished: EventLoopPromise<Void>
    private(set) var latencies = Latencies()
    private(set) var refused = 0
    private var began = ContinuousClock().now
    private var status: UInt = 0
    private var failure = ByteBuffer()

    init(
        expecting status: UInt, finished: EventLoopPromise<Void>,
        next: @escaping () -> (HTTPRequestHead, ByteBuffer)?
    ) {
        expected = status
        self.finished = finished
        self.next = next
    }

    static func connect(
        _ endpoint: Endpoint, on loop: any EventLoop,
        _ make: @escaping @Sendable (EventLoopPromise<Void>) -> HTTPConnection
    ) async throws -> (HTTPConnection, EventLoopFuture<Void>) {
        let finished = loop.makePromise(of: Void.self)
        let handler = make(finished)
        _ = try await ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let sync = channel.pipeline.syncOperations
                    try sync.addHandler(
                        NIOSSLClientHandler(
                            context: endpoint.tls, serverHostname: "localhost"))
                    try sync.addHTTPClientHandlers()
                    try sync.addHandler(handler)
                }
            }
            .connect(host: "127.0.0.1", port: endpoint.port).get()
        return (handler, finished.futureResult)
    }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = head.status.code
            failure.clear()
        case .body(var bytes): if status != expected { failure.writeBuffer(&bytes) }
        case .end:
            if status == expected {
                latencies.add(ContinuousClock().now - began)
            } else if status == 503 || status == 429 {
                refused += 1
            } else {
                finished.fail(LoadError("HTTP \(status): \(String(buffer: failure))"))
                context.close(promise: nil)
                return
            }
            send(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finished.fail(LoadError("the connection was closed"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that leaves TLS without goodbye after the last answer is no failure of the run.
        finished.fail(error)
        context.close(promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
        guard let (head, body) = next() else {
            finished.succeed()
            context.close(promise: nil)
            return
        }
        began = ContinuousClock().now
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// A server on this machine and how to trust it.
struct Endpoint: Sendable {
    let port: Int
    let tls: NIOSSLContext

    init(port: Int, ca: String) throws {
        self.port = port
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .file(ca)
        tls = try NIOSSLContext(configuration: configuration)
    }
}
