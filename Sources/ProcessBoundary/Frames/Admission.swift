import Glibc
import Logging
import NIOCore

/// Decides whether a connection just accepted is served at all.
struct Admission: Sendable {
    let allowedUIDs: Set<uid_t>
    let connections: ServerConnections
    let limits: FrameLimits
    let logger: Logger
    let exchange: FrameServerHandler.Exchange

    /// Nothing is read before the future succeeds; a refused channel is closed and never gets a handler.
    func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        PeerCredentials.of(channel).flatMapThrowing { peer in
            guard allowedUIDs.contains(peer.userID) else {
                logger.warning(
                    "refused a connection of process \(peer.processID) of user \(peer.userID), who may not connect"
                )
                throw ChannelError.operationUnsupported
            }
            let handler = FrameServerHandler(limits: limits, logger: logger, exchange: exchange)
            let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
            guard connections.add(channel, bound) else {
                logger.warning(
                    "refused a connection of process \(peer.processID): too many are open, or closing"
                )
                throw ChannelError.operationUnsupported
            }
            try channel.pipeline.syncOperations.addHandlers([
                FrameInboundHandler(limits), handler,
            ])
        }
    }
}
