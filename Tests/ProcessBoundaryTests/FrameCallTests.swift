import Glibc
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ProcessBoundary

/// Our client with our server.
@Suite(.timeLimit(.minutes(2))) struct FrameCallTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    @Test func callIsAnswered() async throws {
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        let client = Client(socketPath: directory.socket, group: group)
        #expect(try await client.call(request("hello")).text == "hello")
        #expect(try await client.call(request("")).text == "")
        let large = [UInt8](repeating: 7, count: 3_000_000)
        #expect(try await client.call(request(large)).bytes == large)
        #expect(client.waitingCalls == 0)
        await client.shutdown()
        await server.close()
    }

    @Test func sixtyFourInFlightGetTheirOwnReplies() async throws {
        let server = try await Server.start(socketPath: directory.socket, group: group) { echo($0) }
        let client = Client(socketPath: directory.socket, group: group)
        let right = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for worker in 0..<64 {
                tasks.addTask {
                    var right = 0
                    for call in 0..<50
                    where
                        try await client.call(request("\(worker)/\(call)")).text
                        == "\(worker)/\(call)"
                    { right += 1 }
                    return right
                }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(right == 64 * 50)
        await client.shutdown()
        await server.close()
    }

    @Test func slowRequestDoesNotHoldUpALaterOne() async throws {
        let gate = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            if echo(message).text == "slow" { await gate.wait() }
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        async let slow = client.call(request("slow"))
        #expect(try await client.call(request("quick")).text == "quick")
        await gate.open()
        #expect(try await slow.text == "slow")
        await client.shutdown()
        await server.close()
    }

    @Test func fullClientRefusesAtOnce() async throws {
        let gate = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            await gate.wait()
            return echo(message)
        }
        let client = Client(
            socketPath: directory.socket, group: group, limits: .with { $0.maxQueuedCalls = 8 })
        let waiting = (0..<8).map { number in
            Task { try await client.call(request("\(number)")).text }
        }
        try await eventually { client.waitingCalls == 8 }
        await #expect(throws: FrameError.self) { try await client.call(request("ninth")) }
        let error = await client.failure(request("tenth"))
        #expect(error?.code == .overloaded)
        #expect(error?.mayHaveRun == false)
        await gate.open()
        for (number, task) in waiting.enumerated() { #expect(try await task.value == "\(number)") }
        await client.shutdown()
        await server.close()
    }

    @Test func fullClientCountsBytesToo() async throws {
        let client = Client(
            socketPath: directory.socket, group: group,
            limits: .with {
                $0.maxFrameBytes = 10_000
                $0.maxQueuedBytes = 10_000
                $0.maxBackoff = .hours(1)
                $0.firstBackoff = .hours(1)
            })
        // After this failure the client waits an hour before it tries again; calls queue.
        await #expect(throws: FrameError.self) { try await client.call(request("nobody there")) }
        let queued = Task { try await client.call(request(.init(repeating: 0, count: 6_000))) }
        try await eventually { client.waitingCalls == 1 }
        let error = await client.failure(request(.init(repeating: 0, count: 6_000)))
        #expect(error?.code == .overloaded)
        await client.shutdown()
        await #expect(throws: FrameError.self) { try await queued.value }
    }

    @Test func oversizedRequestNeverLeaves() async throws {
        let client = Client(
            socketPath: directory.socket, group: group, limits: .with { $0.maxFrameBytes = 1_000 })
        let error = await client.failure(request(.init(repeating: 0, count: 1_000)))
        #expect(error?.code == .tooLarge)
        #expect(error?.fault.code == .invalid)
        await client.shutdown()
    }

    @Test func oversizedReplyBecomesAFault() async throws {
        let server = try await Server.start(
            socketPath: directory.socket, group: group, limits: .with { $0.maxFrameBytes = 1_000 }
        ) { _ in echo(request([UInt8](repeating: 1, count: 1_000))) }
        let client = Client(socketPath: directory.socket, group: group)
        #expect(try await client.call(request("x")).refusal?.code == .internal)
        await client.shutdown()
        await server.close()
    }

    @Test func callEndsWhenItsTimeIsUp() async throws {
        let gate = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            if echo(message).text == "stuck" { await gate.wait() }
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        let error = await client.failure(request("stuck"), timeout: .milliseconds(150))
        #expect(error?.code == .timedOut)
        #expect(error?.mayHaveRun == true)
        // The late reply matches nothing and harms nothing.
        await gate.open()
        #expect(try await client.call(request("next")).text == "next")
        await client.shutdown()
        await server.close()
    }

    @Test func cancelledTaskStopsWaiting() async throws {
        let gate = Gate()
        let started = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            await started.open()
            await gate.wait()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        let task = Task { await client.failure(request("x")) }
        await started.wait()
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(client.waitingCalls == 0)
        // Cancelled before it began: the call never goes out.
        let early = Task {
            await gate.wait()
            return await client.failure(request("y"))
        }
        early.cancel()
        await gate.open()
        #expect(await early.value?.code == .cancelled)
        await client.shutdown()
        await server.close()
    }

    @Test func shutdownEndsWaitingCallsAndRefusesNewOnes() async throws {
        let gate = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            await gate.wait()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        let waiting = Task { try await client.call(request("x")) }
        try await eventually { client.waitingCalls == 1 }
        await client.shutdown()
        await client.shutdown()
        await #expect(throws: FrameError.self) { try await waiting.value }
        await #expect(throws: FrameError.self) { try await client.call(request("y")) }
        await gate.open()
        await server.close()
    }

    @Test func closingServerAnswersWhatItHasRead() async throws {
        let gate = Gate()
        let started = Gate()
        let server = try await Server.start(socketPath: directory.socket, group: group) { message in
            await started.open()
            await gate.wait()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        async let call = client.call(request("in flight"))
        await started.wait()
        async let closed: Void = server.close()
        // The socket file goes first, so nobody new comes in.
        try await eventually { access(directory.socket, F_OK) != 0 }
        await gate.open()
        #expect(try await call.text == "in flight")
        await closed
        await client.shutdown()
    }

    @Test func closingServerDoesNotWaitForever() async throws {
        let started = Gate()
        let never = Gate()
        let server = try await Server.start(
            socketPath: directory.socket, group: group,
            limits: .with { $0.drainTimeout = .milliseconds(50) }
        ) { message in
            await started.open()
            await never.wait()
            return echo(message)
        }
        let client = Client(socketPath: directory.socket, group: group)
        let call = Task { try await client.call(request("x")) }
        await started.wait()
        await server.close()
        await #expect(throws: FrameError.self) { try await call.value }
        await never.open()
        await client.shutdown()
    }
}
