import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOTLS
import PublicAPI
import Synchronization
import Testing

@testable import chancery_gateway

@Suite struct ConnectionTests {
    private static let logger = Logger(label: "x", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func connection(_ pki: TestPKI) throws -> Connection {
        let tls = try GatewayTLS(TLSFiles(pki.home), logger: logger)
        return Connection(tls, address: try SocketAddress(ipAddress: "203.0.113.9", port: 1))
    }

    private static func gate(_ limit: Int) -> ConnectionGate {
        ConnectionGate(counts: ConnectionCounts(limit: limit)) {}
    }

    @Test func aClientHasSoManyConnectionsAndNoMore() throws {
        let counts = ConnectionCounts(limit: 2)
        let first = try #require(counts.admit("192.0.2.7"))
        // A /64 is one client; another's are its own.
        let admitted = [
            "192.0.2.7", "192.0.2.7", "2001:db8:1:2::7", "2001:db8:1:2:ffff::", "2001:db8:1:2::9",
            "2001:db8:1:3::7",
        ].map { counts.admit($0) != nil }
        #expect(admitted == [true, false, true, true, false, true])
        counts.leave(first)
        let again = try #require(counts.admit("192.0.2.7"))
        #expect(counts.admit("192.0.2.7") == nil)
        for _ in 0..<2 { counts.leave(again) }
        // Whoever has none is not held.
        #expect(counts.clients == 2)
    }

    /// From a proxy it is the client behind it whose connections count, before TLS.
    @Test func connectionsCountForTheAddressThatTheProxyTells() throws {
        let pki = try TestPKI()
        let counts = ConnectionCounts(limit: 1)
        let refused = Mutex(0)
        let gate = ConnectionGate(counts: counts) { refused.withLock { $0 += 1 } }
        var channels: [EmbeddedChannel] = []
        var another = ProxyPreambleTests.overIPv4
        another[19] = 8
        for preamble in [ProxyPreambleTests.overIPv4, ProxyPreambleTests.overIPv4, another] {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandler(
                ProxyHandler(try Self.connection(pki), gate, logger: Self.logger))
            channel.connect(to: try SocketAddress(ipAddress: "203.0.113.9", port: 1), promise: nil)
            try channel.writeInbound(ByteBuffer(bytes: preamble + [0x16]))
            channel.embeddedEventLoop.run()
            channels.append(channel)
        }
        #expect(channels.map(\.isActive) == [true, false, true])
        let passedOn = try channels[1].readInbound(as: ByteBuffer.self)
        #expect(passedOn == nil)
        #expect(refused.withLock { $0 } == 1)
        #expect(counts.clients == 2)
        for channel in channels where channel.isActive { _ = try channel.finish() }
        #expect(counts.clients == 0)
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

    /// - Parameter events: what comes to pass, with the seconds that go by before it.
    private static func isOpen(_ events: [(seconds: Int64, event: Event)]) throws -> Bool {
        let channel = EmbeddedChannel(handler: HeaderDeadline(timeout: .seconds(20)))
        channel.connect(to: try SocketAddress(ipAddress: "203.0.113.9", port: 1), promise: nil)
        for (seconds, event) in events {
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
            guard channel.isActive else { return false }
            switch event {
            case .byte: try channel.writeInbound(ByteBuffer(bytes: [0x47]))
            case .progress(let progress):
                channel.triggerUserOutboundEvent(progress, promise: nil)
            case .look: break
            }
        }
        return channel.isActive
    }

    private enum Event {
        case byte, progress(RequestProgress), look
    }

    @Test func aHeadThatTakesTooLongEndsTheConnection() throws {
        #expect(try Self.isOpen([(0, .byte), (10, .byte), (9, .look)]))
        // A byte now and then does not help.
        #expect(try !Self.isOpen([(0, .byte), (10, .byte), (9, .byte), (1, .look)]))
        // Silence, a body and an answer take as long as others allow.
        #expect(try Self.isOpen([(3_600, .look)]))
        let read: [(Int64, Event)] = [(0, .byte), (19, .progress(.headRead))]
        #expect(try Self.isOpen(read + [(60, .byte), (60, .look)]))
        let answered = read + [(60, .progress(.done))]
        #expect(try Self.isOpen(answered + [(60, .look)]))
        #expect(try !Self.isOpen(answered + [(60, .byte), (20, .look)]))
    }

    /// With the HTTP codec between both handlers, through which they must reach each other.
    @Test func aHeadThatHasComeIsSeenThroughTheCodec() throws {
        for (text, isOpen) in [
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true), ("GET / HTTP/1.1\r\nHost: x\r\n", false),
        ] {
            let channel = EmbeddedChannel(handler: HeaderDeadline(timeout: .seconds(20)))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
            try pipeline.addHandlers([HTTP1ToHTTPServerCodec(secure: false), ClientGuard()])
            channel.connect(to: try SocketAddress(ipAddress: "203.0.113.9", port: 1), promise: nil)
            try channel.writeInbound(ByteBuffer(string: text))
            channel.embeddedEventLoop.advanceTime(by: .seconds(60))
            #expect(channel.isActive == isOpen)
        }
    }

    @Test func theAddressIsTheOneThatTheProxyTells() throws {
        let pki = try TestPKI()
        let connection = try Self.connection(pki)
        #expect(connection.peer().address == "203.0.113.9")
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            ProxyHandler(connection, Self.gate(2), logger: Self.logger))
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
