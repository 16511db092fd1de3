import NIOCore

/// Gives up on a peer that does not read: from the moment its channel is no longer writable until it is again.
struct StallTimer {
    private let timeout: TimeAmount
    private var timer: Scheduled<Void>?

    init(_ timeout: TimeAmount) { self.timeout = timeout }

    mutating func writabilityChanged(_ context: ChannelHandlerContext) {
        stop()
        if context.channel.isWritable { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) {
            // From the head, so that the handler which owns this timer hears it too, and closes.
            bound.value.pipeline.fireErrorCaught(FrameProtocolError.stalledWrite)
        }
    }

    mutating func stop() {
        timer?.cancel()
        timer = nil
    }
}
