import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Where an issuer publishes its keys: HTTPS on 127.0.0.1, with one answer for whoever asks.
public final class IssuerServer: Sendable {
    public struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        let tag: String?
        let location: String?
        /// The end of the body never comes.
        let isEndless: Bool

        public init(
            _ body: some Sequence<UInt8>, status: Int = 200, tag: String? = nil,
            location: String? = nil, isEndless: Bool = false
        ) {
            self.status = status
            self.body = Array(body)
            self.tag = tag
            self.location = location
            self.isEndless = isEndless
        }
    }

    fileprivate final class Desk: Sendable {
        private struct State {
            var answer: Answer
            var asked: [String?] = []
        }

        private let state: Mutex<State>

        init(_ answer: Answer) { state = Mutex(State(answer: answer)) }

        func publish(_ answer: Answer) { state.withLock { $0.answer = answer } }

        func answer(_ tag: String?) -> Answer {
            state.withLock { state in
                state.asked.append(tag)
                return state.answer
            }
        }

        var asked: [String?] { state.withLock { $0.asked } }
    }

    private let desk: Desk
    private let channel: any Channel

    public var url: String { "https://localhost:\(channel.localAddress?.port ?? 0)/jwks.json" }
    /// `If-None-Match` of each request.
    public var asked: [String?] { desk.asked }

    /// - Parameters:
    ///   - certificate: PEM file, for `localhost`.
    ///   - key: PEM file.
    public init(_ answer: Answer, certificate: String, key: String) throws {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
        let desk = Desk(answer)
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Responder(desk))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        self.desk = desk
    }

    public func publish(_ answer: Answer) { desk.publish(answer) }

    public func stop() { channel.close(promise: nil) }

    deinit { stop() }
}

private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let desk: IssuerServer.Desk

    init(_ desk: IssuerServer.Desk) { self.desk = desk }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data) else { return }
        let known = request.headers.first(name: "If-None-Match")
        let answer = desk.answer(known)
        let isKnown = known != nil && known == answer.tag
        var headers = HTTPHeaders()
        if let tag = answer.tag { headers.add(name: "ETag", value: tag) }
        if let location = answer.location { headers.add(name: "Location", value: location) }
        if !answer.isEndless {
            headers.add(name: "Content-Length", value: isKnown ? "0" : "\(answer.body.count)")
        }
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: isKnown ? 304 : answer.status),
            headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isKnown {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        if answer.isEndless { return context.flush() }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
