import Glibc
import NIOCore
import Testing

@testable import ProcessBoundary

/// Peers that come and go.
@Suite(.timeLimit(.minutes(2))) struct FrameReconnectTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    @Test func nobodyListeningIsAKnownOutcome() async throws {
        let client = Client(socketPath: directory.socket, group: group)
        let error = await client.failure(request("x"))
        #expect(error?.code == .unavailable)
        #expect(error?.mayHaveRun == false)
        #expect(error?.fault.code == .unavailable)
        #expect(error?.fault.retryAfterMilliseconds ?? 0 > 0)
        await client.shutdown()
    }

    @Test func clientFindsARestartedServerByItself() async throws {
        let client = Client(socketPath: directory.socket, group: group)
        for round in 0..<5 {
            let server = try await Server.start(socketPath: directory.socket, group: group) {
                echo($0)
            }
            // Until the connection's end has been noticed, a call may still go to the old server and fail.
            try await eventually {
                (try? await client.call(request("\(round)")).text) == "\(round)"
            }
            await server.close()
            #expect(access(directory.socket, F_OK) != 0)
        }
        await client.shutdown()
    }

    @Test func brokenConnectionLeavesTheOutcomeUnknown() async throws {
        let client = Client(socketPath: directory.socket, group: group)
        try await withRawServer(directory.socket) { inbound, _ in
            // Takes the call and hangs up, as a killed process would.
            for try await _ in inbound { return }
        } while: {
            let error = await client.failure(request("x"))
            #expect(error?.code == .unavailable)
            #expect(error?.mayHaveRun == true)
        }
        await client.shutdown()
    }

    @Test func nonsenseFromTheServerBreaksTheConnection() async throws {
        let client = Client(socketPath: directory.socket, group: group)
        try await withRawServer(directory.socket) { inbound, outbound in
            for try await _ in inbound {
                try await outbound.write(ByteBuffer(repeating: 0xFF, count: 64))
            }
        } while: {
            let error = await client.failure(request("x"))
            #expect(error?.code == .unavailable)
            #expect(error?.mayHaveRun == true)
        }
        await client.shutdown()
    }

    @Test func replyThatDoesNotParseFailsItsCallAlone() async throws {
        let client = Client(socketPath: directory.socket, group: group)
        try await withRawServer(directory.socket) { inbound, outbound in
            for try await var part in inbound {
                let calls = (try? FrameCodec(.standard).decode(buffer: &part)) ?? []
                var reply = ByteBuffer()
                let replies = calls.map { FrameMessage(id: $0.id, body: [0xFF, 0xFF]) }
                FrameCodec.encode(replies, into: &reply)
                try await outbound.write(reply)
            }
        } while: {
            for _ in 0..<2 {
                let error = await client.failure(request("x"))
                #expect(error?.code == .malformed)
            }
        }
        await client.shutdown()
    }

    @Test func callsMadeTogetherTravelTogether() async throws {
        let frames = Counter()
        let calls = 100
        let loop = group.next()
        try await withRawServer(directory.socket) { inbound, outbound in
            var pending = ByteBuffer()
            for try await var part in inbound {
                pending.writeBuffer(&part)
                while let messages = try FrameCodec(.standard).decode(buffer: &pending) {
                    frames.add()
                    var reply = ByteBuffer()
                    FrameCodec.encode(
                        messages.map { FrameMessage(id: $0.id, body: []) }, into: &reply)
                    try await outbound.write(reply)
                }
            }
        } while: {
            let client = Client(socketPath: directory.socket, group: loop)
            // While the client's event loop is held up, calls gather.
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                let hold = Hold()
                loop.execute { hold.waitBlocking() }
                for _ in 0..<calls { tasks.addTask { _ = try await client.call(request("x")) } }
                try await eventually { client.waitingCalls == calls }
                hold.release()
                try await tasks.waitForAll()
            }
            #expect(frames.value == 1)
            await client.shutdown()
        }
    }
}
