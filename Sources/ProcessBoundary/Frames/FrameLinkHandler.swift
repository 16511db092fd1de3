import NIOCore

/// Hands a channel's events to its ``FrameLink``.
final class FrameLinkHandler: ChannelInboundHandler {
    typealias InboundIn = [FrameMessage]

    private let link: FrameLink
    private var stalled: StallTimer
    private var reason: String?

    init(link: FrameLink, stall: TimeAmount) {
        self.link = link
        stalled = StallTimer(stall)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.received(unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled.writabilityChanged(context)
        if context.channel.isWritable { link.pump() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reason = "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stalled.stop()
        link.disconnected(reason)
    }
}
