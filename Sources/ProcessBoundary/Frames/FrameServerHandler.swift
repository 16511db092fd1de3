import Logging
import NIOCore

/// One connection of a ``FrameServer``: starts a task per request, at most so many at a time, and sends what replies are
/// ready in one frame. The tasks run on the connection's event loop, unless a request is so large that parsing it alone
/// would hold up others.
///
/// Backpressure: while too much is in flight, or the peer does not take replies, nothing more is read.
final class FrameServerHandler: ChannelInboundHandler {
    typealias InboundIn = [FrameMessage]
    typealias Exchange = @Sendable ([UInt8]) async -> [UInt8]

    private let limits: FrameLimits
    private let logger: Logger
    private let exchange: Exchange
    private let outbox = ReplyOutbox()
    private var stalled: StallTimer
    private var context: ChannelHandlerContext?
    private var executor: EventLoopExecutor?

    /// Read and not yet started.
    private var waiting = CircularBuffer<FrameMessage>()
    /// Body sizes of requests started whose reply has not been handed to the channel.
    private var running: [UInt64: Int] = [:]
    /// Bytes of requests waiting and running.
    private var requestBytes = 0
    /// Ready, but the channel does not take more for now.
    private var unsent = CircularBuffer<FrameMessage>()
    private var unsentBytes = 0
    private var reading = true
    private var draining = false

    init(limits: FrameLimits, logger: Logger, exchange: @escaping Exchange) {
        self.limits = limits
        self.logger = logger
        self.exchange = exchange
        stalled = StallTimer(limits.halfFrameTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        executor = EventLoopExecutor(context.eventLoop)
    }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let requests = unwrapInboundIn(data)
        for request in requests { requestBytes += request.body.count }
        waiting.append(contentsOf: requests)
        startWaiting(context)
        adjustReading(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled.writabilityChanged(context)
        flush(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.warning("closing a connection: \(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stalled.stop()
        // What runs, runs on: the peer's absence does not undo an append. What has not started is dropped.
        waiting.removeAll()
        unsent.removeAll()
        unsentBytes = 0
        context.fireChannelInactive()
    }

    /// Reads no further, answers what was read, then closes.
    func drain() {
        draining = true
        guard let context else { return }
        adjustReading(context)
        closeIfDrained(context)
    }

    private func startWaiting(_ context: ChannelHandlerContext) {
        while running.count < limits.maxInFlightPerConnection,
            unsentBytes < limits.pauseReplyBytesPerConnection, let request = waiting.first
        {
            guard running[request.id] == nil else {
                // Two calls with one id could not be told apart in the replies.
                let error = FrameProtocolError.envelope("id \(request.id) is in flight already")
                return errorCaught(context: context, error: error)
            }
            waiting.removeFirst()
            running[request.id] = request.body.count
            start(request, context)
        }
    }

    private func start(_ request: FrameMessage, _ context: ChannelHandlerContext) {
        let outbox = self.outbox
        let exchange = self.exchange
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let here = request.body.count <= limits.maxBytesOnEventLoop
        Task(executorPreference: here ? executor : globalConcurrentExecutor) {
            let body = await exchange(request.body)
            if outbox.add(FrameMessage(id: request.id, body: body)) {
                eventLoop.execute { bound.value.collect() }
            }
        }
    }

    private func collect() {
        let replies = outbox.takeAll()
        guard let context, context.channel.isActive else { return }
        for reply in replies { unsentBytes += reply.body.count }
        unsent.append(contentsOf: replies)
        flush(context)
        // What the channel did not take just now: the peer is slower than its own requests.
        if unsentBytes > limits.maxReplyBytesPerConnection {
            let error = FrameProtocolError.untakenReplies(
                unsentBytes, max: limits.maxReplyBytesPerConnection)
            errorCaught(context: context, error: error)
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        var batcher = FrameBatcher(limits)
        var wrote = false
        // The batch being packed counts as not yet written, so at most one frame exceeds the water mark.
        while context.channel.isWritable, let reply = unsent.popFirst() {
            requestBytes -= running.removeValue(forKey: reply.id) ?? 0
            unsentBytes -= reply.body.count
            if let frame = batcher.add(reply, context.channel.allocator) {
                context.write(NIOAny(frame), promise: nil)
                wrote = true
            }
        }
        if let frame = batcher.finish(context.channel.allocator) {
            context.write(NIOAny(frame), promise: nil)
            wrote = true
        }
        if wrote { context.flush() }
        startWaiting(context)
        adjustReading(context)
        closeIfDrained(context)
    }

    private func adjustReading(_ context: ChannelHandlerContext) {
        let shouldRead =
            !draining && context.channel.isWritable && waiting.isEmpty
            && running.count < limits.maxInFlightPerConnection
            && unsentBytes < limits.pauseReplyBytesPerConnection
            && requestBytes < limits.maxInFlightBytesPerConnection
        guard shouldRead != reading else { return }
        reading = shouldRead
        try? context.channel.syncOptions?.setOption(.autoRead, value: shouldRead)
        if shouldRead { context.read() }
    }

    private func closeIfDrained(_ context: ChannelHandlerContext) {
        guard draining, waiting.isEmpty, running.isEmpty, unsent.isEmpty else { return }
        // close() would drop what the kernel has not taken yet; an empty write ends after it.
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(NIOAny(ByteBuffer())).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }
}
