import ContactServices
import HTTPTypes
public import NIOCore
public import NIOHTTPTypes

/// Between Hummingbird and the HTTP codec of one connection: ends those of clients that take nothing or never stop, and gives what
/// Hummingbird answers by itself the shape of all our refusals.
public final class ClientGuard: ChannelDuplexHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPRequestPart
    public typealias InboundOut = HTTPRequestPart
    public typealias OutboundIn = HTTPResponsePart
    public typealias OutboundOut = HTTPResponsePart

    private let stallTimeout: TimeAmount
    private var stalled: Scheduled<Void>?
    private var requestsBegun = 0
    private var requestsEnded = 0
    private var responsesEnded = 0
    /// Of the request that has its answer already.
    private var unreadBytes = 0

    public convenience init() { self.init(stallTimeout: APILimits.stallTimeout) }

    init(stallTimeout: TimeAmount) { self.stallTimeout = stallTimeout }

    // MARK: - What comes

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestsBegun += 1
            unreadBytes = 0
            context.triggerUserOutboundEvent(RequestProgress.headRead, promise: nil)
        case .body(let buffer) where responsesEnded >= requestsBegun:
            // Nobody reads this any more. A little of it is read off, so that the client finds its answer.
            unreadBytes += buffer.readableBytes
            if unreadBytes > APILimits.unreadBodyBytes { return context.close(promise: nil) }
        case .body: break
        case .end:
            requestsEnded += 1
            tellWhenDone(context)
        }
        context.fireChannelRead(data)
    }

    private func tellWhenDone(_ context: ChannelHandlerContext) {
        guard requestsBegun == requestsEnded, requestsEnded == responsesEnded else { return }
        context.triggerUserOutboundEvent(RequestProgress.done, promise: nil)
    }

    // MARK: - What goes

    public func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where Self.isParseError(head):
            let body = ByteBuffer(bytes: Problem(.malformedHTTP, requestID: nil).json.bytes)
            var head = head
            head.headerFields[.contentType] = Problem.mediaType
            SecurityHeaders.write(&head.headerFields)
            head.headerFields[.contentLength] = String(body.readableBytes)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            responsesEnded += 1
            context.write(data, promise: promise)
            tellWhenDone(context)
        }
    }

    /// Hummingbird's answer to what the HTTP parser refuses; every answer of ours says what its body is.
    private static func isParseError(_ head: HTTPResponse) -> Bool {
        head.status == .badRequest && head.headerFields[.contentType] == nil
    }

    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
        if !context.channel.isWritable {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            stalled = context.eventLoop.scheduleTask(in: stallTimeout) {
                bound.value.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        stalled?.cancel()
        context.fireChannelInactive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) { stalled?.cancel() }
}

extension ServiceError {
    static let malformedHTTP = ServiceError(
        .malformedHTTP,
        "This is no HTTP/1.1 request that can be read here, or its header fields are too many or too large."
    )
}
