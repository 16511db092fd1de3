import NIOCore

/// First on a connection, before TLS: lets it through while its client has not too many.
final class ConnectionGateHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection
    private let gate: ConnectionGate

    init(_ connection: Connection, _ gate: ConnectionGate) {
        self.connection = connection
        self.gate = gate
    }

    func channelActive(context: ChannelHandlerContext) {
        if connection.address == nil, let address = context.channel.remoteAddress {
            connection.comesFrom(address)
        }
        guard gate.admit(context.channel, from: connection.address) else {
            return context.close(promise: nil)
        }
        context.fireChannelActive()
    }
}
