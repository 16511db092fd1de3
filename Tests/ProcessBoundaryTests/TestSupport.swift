import Foundation
import Glibc
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ProcessBoundary
import Testing

typealias Client = FrameClient<WireKeeperRequest, WireKeeperResponse>
typealias Server = FrameServer<WireKeeperRequest, WireKeeperResponse>

let group = MultiThreadedEventLoopGroup.singleton

/// A directory of its own for one test, with a path short enough for sockets. Goes with the object.
final class TestDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/chb-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        path = try #require(made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var socket: String { path + "/s" }
}

/// Opens once; whoever waits goes on.
actor Gate {
    private var opened = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if opened { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        opened = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

final class Counter: Sendable {
    private let box = NIOLockedValueBox(0)
    var value: Int { box.withLockedValue { $0 } }
    func add() { box.withLockedValue { $0 += 1 } }
}

/// How many are inside at one time.
final class Occupancy: Sendable {
    private let box = NIOLockedValueBox((inside: 0, ended: 0))

    /// - Returns: how many are inside now, the caller among them.
    func enter() -> Int {
        box.withLockedValue {
            $0.inside += 1
            return $0.inside
        }
    }

    func leave() { box.withLockedValue { $0.inside -= 1 } }
    func end() { box.withLockedValue { $0.ended += 1 } }
    var ended: Int { box.withLockedValue { $0.ended } }
}

/// Log lines as something to wait for.
struct TestLog: LogHandler {
    let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init() { (lines, continuation) = AsyncStream.makeStream() }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { continuation.yield("\(event.message)") }

    var logger: Logger { Logger(label: "test") { _ in self } }

    func line(containing text: String) async -> String? {
        for await line in lines where line.contains(text) { return line }
        return nil
    }
}

/// Waits for something that is sure to come; the test's time limit is what ends it otherwise.
func eventually(_ condition: () async -> Bool) async throws {
    while !(await condition()) { try await Task.sleep(for: .milliseconds(2)) }
}

func request(_ bytes: [UInt8]) -> WireKeeperRequest {
    .with { $0.derive.indexInputs = [.with { $0.canonical = .init(bytes) }] }
}

func request(_ text: String) -> WireKeeperRequest { request(Array(text.utf8)) }

func echo(_ request: WireKeeperRequest) -> WireKeeperResponse {
    .with { $0.derive.indexValues = request.derive.indexInputs.map(\.canonical) }
}

extension WireKeeperResponse {
    var bytes: [UInt8] { derive.indexValues.first.map { [UInt8]($0) } ?? [] }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension FrameClient {
    /// Why a call fails; nil when it is answered.
    func failure(_ request: Request, timeout: Duration = .seconds(30)) async -> FrameError? {
        do {
            _ = try await call(request, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }
}

/// A connection without our client: sends any bytes.
func withRawPeer<R: Sendable>(
    _ path: String,
    _ body:
        @Sendable (
            NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> R
) async throws -> R {
    let channel = try await ClientBootstrap(group: group)
        .connect(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose(body)
}

/// Reads until the other side hangs up, politely or not.
func readToEnd(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async -> ByteBuffer {
    var all = ByteBuffer()
    do {
        for try await var part in inbound { all.writeBuffer(&part) }
    } catch {
        // A reset is an end like any other.
    }
    return all
}

/// A server without ours: one connection after another is handed to `body`.
func withRawServer(
    _ path: String,
    _ body:
        @escaping @Sendable (
            NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Void,
    while test: () async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: group)
        .bind(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel)
            }
        }
    let serving = Task {
        try await server.executeThenClose { connections in
            for try await connection in connections {
                try? await connection.executeThenClose(body)
            }
        }
    }
    try await test()
    serving.cancel()
    _ = await serving.result
}

extension FrameLimits {
    static func with(_ change: (inout FrameLimits) -> Void) -> FrameLimits {
        var limits = FrameLimits()
        change(&limits)
        return limits
    }
}
