import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS

/// One TLS 1.3 connection that sends a request, waits for the whole answer, and repeats, from `begin` on.
final class HTTPConnection: ChannelInboundHandler, @unchecked Sendable {
    // Touched on its event loop only.
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let next: () -> (HTTPRequestHead, ByteBuffer)?
    private let expected: UInt
    private let finished: EventLoopPromise<Void>
    private let take: (ByteBuffer) throws -> Void
    private let connected: EventLoopPromise<Void>
    private var context: ChannelHandlerContext?
    private(set) var latencies = Latencies()
    private(set) var refused = 0
    private var began = ContinuousClock().now
    private var status: UInt = 0
    private var answer = ByteBuffer()

    /// - Parameters:
    ///   - take: gets the body of each answer that was expected.
    init(
        expecting status: UInt, finished: EventLoopPromise<Void>,
        take: @escaping (ByteBuffer) throws -> Void = { _ in },
        next: @escaping () -> (HTTPRequestHead, ByteBuffer)?
    ) {
        expected = status
        self.finished = finished
        self.take = take
        self.next = next
        connected = finished.futureResult.eventLoop.makePromise()
        // Whatever ends it ends the wait for it, too.
        finished.futureResult.cascadeFailure(to: connected)
    }

    /// Once the handshake is over: no figure is about handshakes.
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
        try await handler.connected.futureResult.get()
        return (handler, finished.futureResult)
    }

    /// Sends the first request.
    func begin() {
        finished.futureResult.eventLoop.execute { self.context.map(self.send) }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent { connected.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = head.status.code
            answer.clear()
        case .body(var bytes): answer.writeBuffer(&bytes)
        case .end:
            if status == expected {
                latencies.add(ContinuousClock().now - began)
                do { try take(answer) } catch { return errorCaught(context: context, error: error) }
            } else if status == 503 || status == 429 {
                refused += 1
            } else {
                finished.fail(LoadError("HTTP \(status): \(String(buffer: answer))"))
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

    /// - Parameter identity: a client certificate, PEM, with its key beside it: NAME.pem and NAME.key.
    init(port: Int, ca: String, identity: String? = nil) throws {
        self.port = port
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .file(ca)
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: identity.dropLast(3) + "key", format: .pem))
        }
        tls = try NIOSSLContext(configuration: configuration)
    }
}
