import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import ProcessBoundary

/// Our server with peers that do not behave.
@Suite(.timeLimit(.minutes(2))) struct FrameServerTests {
    let directory: TestDirectory
    let log = TestLog()

    init() throws { directory = try TestDirectory() }

    func frame(_ messages: [FrameMessage]) -> ByteBuffer {
        var buffer = ByteBuffer()
        FrameCodec.encode(messages, into: &buffer)
        return buffer
    }

    func replies(_ bytes: ByteBuffer) throws -> [FrameMessage] {
        var bytes = bytes
        var all: [FrameMessage] = []
        while let messages = try FrameCodec(.standard).decode(buffer: &bytes) { all += messages }
        return all
    }

    func message(_ id: UInt64, _ request: WireKeeperRequest) throws -> FrameMessage {
        FrameMessage(id: id, body: try request.serializedBytes())
    }

    @Test func otherUsersAreRefusedUnanswered() async throws {
        let handled = Counter()
        let server = try await Server.start(
            socketPath: directory.socket, group: group, allowedUIDs: [getuid() &+ 1],
            logger: log.logger
        ) { message in
            handled.add()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        await #expect(throws: FrameError.self) { try await client.call(request("x")) }
        #expect(handled.value == 0)
        #expect(await log.line(containing: "refused a connection") != nil)
        await client.shutdown()
        await server.close()
    }

    /// One user per socket: the caller of one is nobody on the other.
    @Test func eachSocketHasItsOwnPeer() async throws {
        let ours = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        let theirs = try await Server.start(
            socketPath: directory.socket + "2", group: group, allowedUIDs: [getuid() &+ 1],
            logger: log.logger
        ) { echo($0) }
        let clients = ["", "2"].map { Client(socketPath: directory.socket + $0, group: group) }
        #expect(try await clients[0].call(request("x")).text == "x")
        await #expect(throws: FrameError.self) { try await clients[1].call(request("x")) }
        for client in clients { await client.shutdown() }
        await ours.close()
        await theirs.close()
    }

    @Test(arguments: [
        [UInt8](repeating: 0xFF, count: 64), [0, 0, 0, 0], [0x7F, 0xFF, 0xFF, 0xFF],
        [0, 0, 0, 2, 0xFF, 0xFF], Array("GET / HTTP/1.1\r\n\r\n".utf8),
    ])
    func garbageEndsTheConnectionAndNothingElse(bytes: [UInt8]) async throws {
        let server = try await Server.start(
            socketPath: directory.socket, group: group, logger: log.logger
        ) { echo($0) }
        let client = Client(socketPath: directory.socket, group: group)
        #expect(try await client.call(request("before")).text == "before")
        let answer = try await withRawPeer(directory.socket) { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            return await readToEnd(inbound)
        }
        #expect(answer.readableBytes == 0)
        #expect(await log.line(containing: "closing a connection") != nil)
        #expect(try await client.call(request("after")).text == "after")
        await client.shutdown()
        await server.close()
    }

    @Test func halfFrameTimesOut() async throws {
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with { $0.halfFrameTimeout = .milliseconds(50) }, logger: log.logger
        ) { echo($0) }
        let whole = frame([try message(1, request("whole"))])
        let answers = try await withRawPeer(directory.socket) { inbound, outbound in
            try await outbound.write(whole)
            var parts = inbound.makeAsyncIterator()
            let answer = try await parts.next()
            // The beginning of another frame, which never ends.
            try await outbound.write(ByteBuffer(bytes: [0, 0, 1, 0, 0x0A]))
            return (answer, try? await parts.next())
        }
        #expect(try answers.0.map { try replies($0).count } == 1)
        #expect(answers.1 == nil)
        #expect(await log.line(containing: "not ended in time") != nil)
        await server.close()
    }

    @Test func requestThatDoesNotParseIsAnsweredAsInvalid() async throws {
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        let call = frame([FrameMessage(id: 9, body: [0xFF, 0xFF, 0xFF])])
        let answer = try await withRawPeer(directory.socket) { inbound, outbound in
            try await outbound.write(call)
            for try await part in inbound { return part }
            return ByteBuffer()
        }
        let reply = try #require(try replies(answer).first)
        #expect(reply.id == 9)
        #expect(try WireKeeperResponse(serializedBytes: reply.body).refusal?.code == .invalid)
        await server.close()
    }

    @Test func oneIdTwiceInFlightEndsTheConnection() async throws {
        let gate = Gate()
        let server = try await Server.start(
            socketPath: directory.socket, group: group, logger: log.logger
        ) { message in
            await gate.wait()
            return echo(message)
        }
        let calls = frame([try message(1, request("a")), try message(1, request("b"))])
        _ = try await withRawPeer(directory.socket) { inbound, outbound in
            try await outbound.write(calls)
            return await readToEnd(inbound)
        }
        #expect(await log.line(containing: "in flight already") != nil)
        await gate.open()
        await server.close()
    }

    @Test func concurrencyPerConnectionIsBounded() async throws {
        let gate = Gate()
        let running = Counter()
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with { $0.maxInFlightPerConnection = 4 }
        ) { message in
            running.add()
            await gate.wait()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        let calls = (0..<20).map { number in
            Task { try await client.call(request("\(number)")).text }
        }
        try await eventually { running.value == 4 }
        // Time for a fifth to start if it could; a slow machine only makes this more lenient.
        try await Task.sleep(for: .milliseconds(100))
        #expect(running.value == 4)
        await gate.open()
        for (number, call) in calls.enumerated() { #expect(try await call.value == "\(number)") }
        #expect(running.value == 20)
        await client.shutdown()
        await server.close()
    }

    /// Sends `count` calls and reads nothing until told to.
    func peerThatDoesNotRead(count: UInt64) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: directory.socket).get()
        for id in 1...count {
            channel.write(frame([try message(id, request("x"))]), promise: nil)
        }
        channel.flush()
        return channel
    }

    @Test func slowReaderHoldsUpTheServerInsteadOfFillingIt() async throws {
        let handled = Counter()
        let reply = echo(request([UInt8](repeating: 1, count: 256 * 1_024)))
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with {
                $0.maxInFlightPerConnection = 4
                $0.writeBufferHighWaterMark = 64 * 1_024
            }
        ) { _ in
            handled.add()
            return reply
        }
        let sink = ReplySink(expected: 200)
        let channel = try await peerThatDoesNotRead(count: 200)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandlers([FrameInboundHandler(.standard), sink])
        }.get()
        try await eventually { handled.value >= 4 }
        try await Task.sleep(for: .milliseconds(200))
        // 200 replies are 50 MiB; the kernel takes well under one.
        #expect(handled.value < 100)
        try await channel.setOption(.autoRead, value: true).get()
        try await sink.done.wait()
        #expect(handled.value == 200)
        try await channel.close()
        await server.close()
    }

    @Test func peerThatNeverReadsIsGivenUp() async throws {
        let reply = echo(request([UInt8](repeating: 1, count: 256 * 1_024)))
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with {
                $0.writeBufferHighWaterMark = 64 * 1_024
                $0.halfFrameTimeout = .milliseconds(50)
            }, logger: log.logger
        ) { _ in reply }
        let channel = try await peerThatDoesNotRead(count: 50)
        #expect(await log.line(containing: "does not read") != nil)
        try? await channel.close()
        await server.close()
    }

    /// Many calls at once, each with a large answer, and nobody takes them: they do not pile up for ever.
    @Test func repliesThatNobodyTakesEndTheConnection() async throws {
        let reply = echo(request([UInt8](repeating: 1, count: 256 * 1_024)))
        let gate = Gate()
        let running = Counter()
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with {
                $0.pauseReplyBytesPerConnection = 1_024 * 1_024
                $0.maxReplyBytesPerConnection = 4 * 1_024 * 1_024
                $0.writeBufferHighWaterMark = 64 * 1_024
            }, logger: log.logger
        ) { _ in
            running.add()
            await gate.wait()
            return reply
        }
        let channel = try await peerThatDoesNotRead(count: 64)
        try await eventually { running.value == 64 }
        await gate.open()
        #expect(await log.line(containing: "replies lying") != nil)
        try? await channel.close()
        await server.close()
    }

    @Test func nothingIsStartedWhileRepliesPileUp() async throws {
        let reply = echo(request([UInt8](repeating: 1, count: 256 * 1_024)))
        let handled = Counter()
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with {
                $0.maxInFlightPerConnection = 8
                $0.pauseReplyBytesPerConnection = 1
                $0.writeBufferHighWaterMark = 64 * 1_024
            }
        ) { _ in
            handled.add()
            return reply
        }
        let sink = ReplySink(expected: 100)
        let channel = try await peerThatDoesNotRead(count: 100)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandlers([FrameInboundHandler(.standard), sink])
        }.get()
        try await eventually { handled.value >= 8 }
        try await channel.setOption(.autoRead, value: true).get()
        try await sink.done.wait()
        #expect(handled.value == 100, "the pause ends when the peer reads")
        try await channel.close()
        await server.close()
    }

    @Test func tooManyConnectionsAreRefused() async throws {
        let server = try await Server.start(
            socketPath: directory.socket, group: group, limits: .with { $0.maxConnections = 1 },
            logger: log.logger
        ) { echo($0) }
        let first = Client(socketPath: directory.socket, group: group)
        let second = Client(socketPath: directory.socket, group: group)
        #expect(try await first.call(request("x")).text == "x")
        await #expect(throws: FrameError.self) { try await second.call(request("y")) }
        await first.shutdown()
        // The place is free again once the server has noticed.
        try await eventually { (try? await second.call(request("y")).text) == "y" }
        await second.shutdown()
        await server.close()
    }

    @Test func socketFileIsTheOwnersAlone() async throws {
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        var info = stat()
        #expect(stat(directory.socket, &info) == 0)
        #expect(info.st_mode & 0o777 == 0o600)
        await server.close()
    }

    @Test func secondInstanceIsRefusedAndTheFirstLivesOn() async throws {
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        do {
            _ = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
            Issue.record("started twice")
        } catch {
            #expect(error.code == .alreadyListening)
            #expect(error.message.contains(directory.socket))
        }
        let client = Client(socketPath: directory.socket, group: group)
        #expect(try await client.call(request("x")).text == "x")
        await client.shutdown()
        await server.close()
    }

    @Test func socketLeftByAKilledProcessIsReplaced() async throws {
        // Listened once, and its descriptor is gone without the file: what a kill leaves.
        let dead = try await ServerBootstrap(group: group)
            .bind(unixDomainSocketPath: directory.socket).get()
        #expect(rename(directory.socket, directory.socket + "2") == 0)
        try await dead.close()
        #expect(rename(directory.socket + "2", directory.socket) == 0)
        #expect(access(directory.socket, F_OK) == 0)
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        let client = Client(socketPath: directory.socket, group: group)
        #expect(try await client.call(request("x")).text == "x")
        await client.shutdown()
        await server.close()
    }

    @Test func fileThatIsNoSocketIsLeftAlone() async throws {
        close(open(directory.socket, O_CREAT | O_WRONLY, 0o600))
        do {
            _ = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
            Issue.record("started")
        } catch {
            #expect(error.code == .notASocket)
        }
        #expect(access(directory.socket, F_OK) == 0)
    }

    @Test func unusablePathIsAnErrorNotACrash() async throws {
        let long = directory.path + "/" + String(repeating: "x", count: 120)
        for path in [long, directory.path + "/missing/s"] {
            do {
                _ = try await Server.start(socketPath: path, group: group) { echo($0) }
                Issue.record("started")
            } catch {
                #expect(error.code == .cannotBind)
            }
            let client = Client(socketPath: path, group: group)
            await #expect(throws: FrameError.self) { try await client.call(request("x")) }
            await client.shutdown()
        }
    }
}

/// Counts replies.
private final class ReplySink: ChannelInboundHandler, Sendable {
    typealias InboundIn = [FrameMessage]

    let done: Countdown

    init(expected: Int) { done = Countdown(expected) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for _ in unwrapInboundIn(data) { done.add() }
    }
}

private struct Countdown: Sendable {
    let counter = Counter()
    let expected: Int
    init(_ expected: Int) { self.expected = expected }
    func add() { counter.add() }
    func wait() async throws { try await eventually { counter.value == expected } }
}
