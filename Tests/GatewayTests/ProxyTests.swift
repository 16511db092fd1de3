import NIOCore
import NIOPosix
import NIOSSL
import PublicAPI
import Testing

@testable import chancery_gateway

@Suite struct ProxyTests {
    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    /// What comes back over TLS, behind `preamble`; empty when the connection was ended before.
    private static func answer(
        _ gateway: RunningGateway, after preamble: [UInt8], path: String = "/healthz"
    ) async throws
        -> String
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMFile(gateway.pki.home.caCertificate))
        let context = try NIOSSLContext(configuration: tls)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: gateway.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if !preamble.isEmpty {
                        try channel.pipeline.syncOperations.addHandler(PreambleFirst(preamble))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        try NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            var text = ""
            do {
                try await outbound.write(
                    ByteBuffer(
                        string: "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                for try await part in inbound { text += String(buffer: part) }
            } catch {
                // Ended by the gateway: what came until then is the answer.
            }
            return text
        }
    }

    /// Writes the preamble before TLS writes anything.
    private final class PreambleFirst: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let preamble: [UInt8]

        init(_ preamble: [UInt8]) { self.preamble = preamble }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: preamble)), promise: nil)
            context.fireChannelActive()
        }
    }

    @Test func aProxyThatPassesTLSThroughIsServed() async throws {
        try await RunningGateway.run(proxies: Self.loopback) { gateway in
            let answer = try await Self.answer(gateway, after: ProxyPreambleTests.overIPv4)
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
        }
    }

    @Test func aProxysConnectionWithoutAPreambleIsRefused() async throws {
        try await RunningGateway.run(proxies: Self.loopback) { gateway in
            let answer = try await Self.answer(gateway, after: [])
            #expect(answer == "")
        }
    }

    @Test func nobodyElseMaySayWhoTheyAre() async throws {
        try await RunningGateway.run { gateway in
            let without = try await Self.answer(gateway, after: [])
            #expect(without.hasPrefix("HTTP/1.1 200"), "\(without)")
            let answer = try await Self.answer(gateway, after: ProxyPreambleTests.overIPv4)
            #expect(answer == "")
        }
    }

    /// Else one client behind the proxy would use up the quota of all.
    @Test func theAddressThatTheProxyTellsIsTheOneThatCounts() async throws {
        var rules = EdgeRules()
        rules.rateLimits.address = 1
        rules.now = { 0 }
        var another = ProxyPreambleTests.overIPv4
        another[19] = 8
        let order = [ProxyPreambleTests.overIPv4, ProxyPreambleTests.overIPv4, another]
        try await RunningGateway.run(proxies: Self.loopback, rules: rules) { gateway in
            var statuses: [Substring] = []
            for preamble in order {
                let answer = try await Self.answer(gateway, after: preamble, path: "/nowhere")
                statuses.append(answer.dropFirst(9).prefix(3))
            }
            #expect(statuses == ["404", "429", "404"])
        }
    }
}
