import NIOCore

/// Bytes in, whole frames out; the first handler on either side of a connection.
///
/// Owns the half-frame timer: it runs from the first byte of a frame until its last, except while this side itself
/// has stopped reading. Errors travel on through the pipeline; the handler behind closes.
final class FrameInboundHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = [FrameMessage]

    private let processor: NIOSingleStepByteToMessageProcessor<FrameCodec>
    private let timeout: TimeAmount
    private var timer: Scheduled<Void>?
    private var framesSinceTimer = 0
    private var failed = false

    init(_ limits: FrameLimits) {
        // What may be waiting: a whole frame and what one burst of reads brings after it.
        processor = NIOSingleStepByteToMessageProcessor(
            FrameCodec(limits),
            maximumBufferSize: limits.maxFrameBytes + FrameCodec.lengthBytes)
        timeout = limits.halfFrameTimeout
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !failed else { return }
        do {
            try processor.process(buffer: unwrapInboundIn(data)) { messages in
                framesSinceTimer += 1
                context.fireChannelRead(wrapInboundOut(messages))
            }
        } catch {
            failed = true
            context.fireErrorCaught(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        watchHalfFrame(context)
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopTimer() }

    private func watchHalfFrame(_ context: ChannelHandlerContext) {
        if framesSinceTimer > 0 || processor.unprocessedBytes == 0 { stopTimer() }
        framesSinceTimer = 0
        if processor.unprocessedBytes > 0, timer == nil { startTimer(context) }
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) {
            let (handler, context) = bound.value
            handler.timer = nil
            if handler.isReadingPaused(context) {
                // Our own backpressure keeps the rest out; the peer gets its time again afterwards.
                handler.startTimer(context)
            } else {
                handler.failed = true
                context.fireErrorCaught(FrameProtocolError.halfFrame)
            }
        }
    }

    private func isReadingPaused(_ context: ChannelHandlerContext) -> Bool {
        (try? context.channel.syncOptions?.getOption(.autoRead)) == false
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}
