import Logging
import NIOCore

/// First on a connection from a proxy: takes the preamble off, and leaves. Without one the connection ends: whoever can connect as the
/// proxy does must not pass for a client of the proxy's own address.
final class ProxyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection
    private let gate: ConnectionGate
    private let logger: Logger
    private var received = ByteBuffer()

    init(_ connection: Connection, _ gate: ConnectionGate, logger: Logger) {
        self.connection = connection
        self.gate = gate
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        do {
            guard let preamble = try ProxyPreamble.read(&received) else { return }
            if case .client(let address) = preamble {
                connection.comesFrom(address)
                guard gate.admit(context.channel, from: connection.address) else {
                    return context.close(promise: nil)
                }
            }
        } catch {
            logger.notice(
                "a proxy's connection without a PROXY preamble is refused",
                metadata: ["reason": "\(error)"])
            return context.close(promise: nil)
        }
        if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
