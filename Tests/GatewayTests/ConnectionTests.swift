import Logging
import NIOCore
import NIOEmbedded
import NIOTLS
import Testing

@testable import chancery_gateway

@Suite struct ConnectionTests {
    private static let logger = Logger(label: "x", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func connection(_ pki: TestPKI) throws -> Connection {
        let tls = try GatewayTLS(TLSFiles(pki.home), logger: logger)
        return Connection(tls, address: try SocketAddress(ipAddress: "203.0.113.9", port: 1))
    }

    private static func isOpen(after time: TimeAmount, handshake: Bool) throws -> Bool {
        let pki = try TestPKI()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            HandshakeHandler(try connection(pki), timeout: .seconds(10)))
        channel.connect(to: try SocketAddress(ipAddress: "203.0.113.9", port: 1), promise: nil)
        if handshake {
            channel.pipeline.fireUserInboundEventTriggered(
                TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        }
        channel.embeddedEventLoop.advanceTime(by: time)
        return channel.isActive
    }

    @Test func aHandshakeThatTakesTooLongEndsTheConnection() throws {
        #expect(try Self.isOpen(after: .seconds(9), handshake: false))
        #expect(try !Self.isOpen(after: .seconds(10), handshake: false))
        #expect(try Self.isOpen(after: .hours(1), handshake: true))
    }

    @Test func theAddressIsTheOneThatTheProxyTells() throws {
        let pki = try TestPKI()
        let connection = try Self.connection(pki)
        #expect(connection.peer().address == "203.0.113.9")
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            ProxyHandler(connection, logger: Self.logger))
        // Byte by byte, with the first bytes of what follows in one piece with the last.
        let bytes = ProxyPreambleTests.overIPv4
        for byte in bytes.dropLast() { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(ByteBuffer(bytes: bytes.suffix(1) + [0x16, 0x03]))
        #expect(connection.peer().address == "192.0.2.7")
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(bytes: [0x16, 0x03]))
        // Once: what comes then is not looked at.
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(bytes: bytes))
    }

    @Test func anAddressHasOneSpelling() throws {
        for (text, canonical) in [
            ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:DB8:0::7", "2001:db8::7"),
        ] {
            #expect(try SocketAddress(ipAddress: text, port: 1).canonicalIPAddress == canonical)
        }
    }
}
