import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import PublicAPI

/// Sets up a new connection: TLS with the material in force at this moment, then HTTP; and tells the requests that come by it who is at its other end.
struct GatewayChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel.Value
        let connection: Connection

        var channel: any Channel { http.channel }
    }

    let http: HTTP1Channel
    let tls: GatewayTLS
    /// Proxies in front, which pass TLS through and say with the PROXY protocol who connected to them.
    let proxies: [AddressRange]
    let gate: ConnectionGate
    let logger: Logger

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = Connection(tls, address: channel.remoteAddress)
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let address = channel.remoteAddress,
                proxies.contains(where: { $0.contains(address) })
            {
                // It is the client behind it that counts, whom the preamble names.
                try pipeline.addHandler(ProxyHandler(connection, gate, logger: self.logger))
            } else {
                try pipeline.addHandler(ConnectionGateHandler(connection, gate))
            }
            try pipeline.addHandler(handler(tls.current()))
            try pipeline.addHandler(
                HandshakeHandler(connection, timeout: GatewayLimits.handshakeTimeout))
            try pipeline.addHandler(HeaderDeadline(timeout: GatewayLimits.headerTimeout))
        }.flatMap {
            http.setup(channel: channel, logger: logger).map {
                Value(http: $0, connection: connection)
            }
        }
    }

    private func handler(_ material: TLSMaterial) -> NIOSSLServerHandler {
        guard let clients = material.clients else {
            return NIOSSLServerHandler(context: material.context)
        }
        // Here, so that a client whose certificate does not count is told by TLS.
        return NIOSSLServerHandler(context: material.context) { [logger] chain, promise in
            do {
                guard let leaf = chain.first else { return promise.succeed(.failed) }
                _ = try clients.verify(try leaf.toDERBytes())
                promise.succeed(.certificateVerified)
            } catch {
                logger.notice("client certificate refused", metadata: ["reason": "\(error)"])
                promise.succeed(.failed)
            }
        }
    }

    func handle(value: Value, logger: Logger) async {
        await ClientPeer.$current.withValue(ClientPeer.Connection { value.connection.peer() }) {
            await http.handle(value: value.http, logger: logger)
        }
    }
}
