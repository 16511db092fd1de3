import ContactServices
import Hummingbird
import Logging
import NIOEmbedded
import ServiceFakes
import Synchronization
import Testing

@testable import PublicAPI

/// Lines as they would be logged.
private struct LogRecorder: LogHandler {
    static let lines = Mutex<[String: [Logger.Metadata]]>([:])

    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Self.lines.withLock { $0[label, default: []].append(event.metadata ?? [:]) }
    }
}

/// Where a response body goes.
private struct BodySink: ResponseBodyWriter {
    mutating func write(_ buffer: ByteBuffer) async throws {}
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

@Suite struct StreamLogTests {
    struct Gone: Error {}

    private func lines(_ label: String, breaks: Bool) async throws -> [Logger.Metadata] {
        let logger = Logger(label: label, factory: { LogRecorder(label: $0) })
        let context = GatewayContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger))
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: nil, authority: nil, path: "/api/v1/mutations"),
            body: RequestBody(buffer: ByteBuffer()))
        let response = try await RequestMiddleware(
            routes: RouteTable(), refusals: RefusalLog(ledger: FakeLedger())
        ).handle(
            request, context: context
        ) { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    if breaks { throw Gone() }
                    try await writer.finish(nil)
                })
        }
        // The status alone says nothing of a stream yet.
        #expect(LogRecorder.lines.withLock { $0[label] } == nil)
        try? await response.body.write(BodySink())
        return LogRecorder.lines.withLock { $0[label] } ?? []
    }

    @Test func aStreamThatBreaksOffIsSeenInTheLog() async throws {
        let lines = try await lines("breaks", breaks: true)
        #expect(lines.map { $0["outcome"] } == ["broken off"])
        #expect(lines.map { $0["status"] } == ["200"])
    }

    @Test func aStreamThatEndsIsLoggedOnceAsComplete() async throws {
        let lines = try await lines("ends", breaks: false)
        #expect(lines.map { $0["outcome"] } == ["complete"])
    }
}
