import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import PublicAPI
import ServiceLifecycle

/// The HTTPS listeners.
struct GatewayServer {
    let api: PublicAPI
    let tls: GatewayTLS
    /// Connections from here begin with a PROXY preamble; from elsewhere none may.
    var proxies: [AddressRange] = []
    var connectionsPerAddress = GatewayLimits.connectionsPerAddress
    let logger: Logger
    /// Called for each listener, once it takes connections.
    var onListening: @Sendable (SocketAddress?) -> Void = { _ in }

    /// One listener; for 127.0.0.1 a second one on ::1 where the machine has it, because `localhost` means both.
    func applications(
        host: String, port: Int, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) -> [any Service] {
        var hosts = [host]
        if host == "127.0.0.1", Self.canBind("::1", port: port) { hosts.append("::1") }
        let router = api.router()
        let gate = ConnectionGate(counts: ConnectionCounts(limit: connectionsPerAddress)) {
            [api] in api.refusedConnection()
        }
        return hosts.map { host in
            Application(
                responder: router.buildResponder(),
                server: HTTPServerBuilder { [tls, proxies, logger] responder in
                    GatewayChannel(
                        http: HTTP1Channel(responder: responder, configuration: Self.http),
                        tls: tls, proxies: proxies, gate: gate, logger: logger)
                },
                configuration: ApplicationConfiguration(
                    address: .hostname(host, port: port),
                    availableConnectionsDelegate: MaximumAvailableConnections(
                        GatewayLimits.connections)),
                onServerRunning: { [logger, onListening] channel in
                    onListening(channel.localAddress)
                    let address = channel.localAddress?.description ?? host
                    logger.info("listening", metadata: ["address": "\(address)"])
                },
                eventLoopGroupProvider: .shared(group),
                logger: logger)
        }
    }

    private static var http: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [ClientGuard()], idleTimeout: GatewayLimits.idleTimeout,
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: GatewayLimits.headerFieldBytes,
                maxHeaderListSize: GatewayLimits.headerListBytes,
                maxHeaderFieldCount: GatewayLimits.headerCount))
    }

    private static func canBind(_ host: String, port: Int) -> Bool {
        let channel = try? ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port).wait()
        guard let channel else { return false }
        try? channel.close().wait()
        return true
    }
}
