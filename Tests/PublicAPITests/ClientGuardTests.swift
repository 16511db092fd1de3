import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import PublicAPI

@Suite struct ClientGuardTests {
    let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel(handler: ClientGuard(stallTimeout: .seconds(60)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private let request = HTTPRequest(method: .post, scheme: "https", authority: "h", path: "/")

    private func receive(_ part: HTTPRequestPart) throws { try channel.writeInbound(part) }

    private func answer(_ status: HTTPResponse.Status) throws {
        let head = HTTPResponse(status: status, headerFields: [.contentType: "text/plain"])
        try channel.writeOutbound(HTTPResponsePart.head(head))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    private let megabyte = ByteBuffer(repeating: 0, count: 1_024 * 1_024)

    @Test func aBodyThatNobodyReadsIsNotTakenInWithoutEnd() throws {
        try receive(.head(request))
        for _ in 0..<20 { try receive(.body(megabyte)) }
        #expect(channel.isActive)
        try answer(.forbidden)
        for _ in 0..<16 { try receive(.body(megabyte)) }
        #expect(channel.isActive)
        try receive(.body(megabyte))
        #expect(!channel.isActive)
    }

    @Test func theNextRequestStartsAfresh() throws {
        for _ in 0..<3 {
            try receive(.head(request))
            try receive(.body(megabyte))
            try answer(.forbidden)
            for _ in 0..<16 { try receive(.body(megabyte)) }
            try receive(.end(nil))
        }
        // A request sent before the first one's answer has its body read.
        try receive(.head(request))
        try receive(.end(nil))
        try receive(.head(request))
        try answer(.ok)
        for _ in 0..<20 { try receive(.body(megabyte)) }
        #expect(channel.isActive)
    }

    private final class ProgressRecorder: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var events: [RequestProgress] = []

        func triggerUserOutboundEvent(
            context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
        ) {
            if let progress = event as? RequestProgress { events.append(progress) }
        }
    }

    /// What is before the HTTP codec cannot see where one request ends and another begins.
    @Test func handlersBeforeTheCodecAreToldWhereRequestsBeginAndEnd() throws {
        let recorder = ProgressRecorder()
        try channel.pipeline.syncOperations.addHandler(recorder, position: .first)
        try receive(.head(request))
        #expect(recorder.events == [.headRead])
        try receive(.end(nil))
        try answer(.ok)
        #expect(recorder.events == [.headRead, .done])
        // Answered before its body has come: the rest is still this request's.
        try receive(.head(request))
        try answer(.forbidden)
        #expect(recorder.events == [.headRead, .done, .headRead])
        try receive(.end(nil))
        #expect(recorder.events == [.headRead, .done, .headRead, .done])
        // Two at once.
        for _ in 0..<2 {
            try receive(.head(request))
            try receive(.end(nil))
        }
        try answer(.ok)
        #expect(recorder.events.suffix(2) == [.headRead, .headRead])
        try answer(.ok)
        #expect(recorder.events.last == .done)
    }

    @Test func aClientThatTakesNothingLosesItsConnection() throws {
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(600))
        #expect(channel.isActive)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(61))
        #expect(!channel.isActive)
    }

    @Test func whatTheParserRefusesIsAnsweredByAProblemDocument() throws {
        let head = HTTPResponse(
            status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"])
        try channel.writeOutbound(HTTPResponsePart.head(head))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        guard case .head(let sent)? = try channel.readOutbound(as: HTTPResponsePart.self),
            case .body(let body)? = try channel.readOutbound(as: HTTPResponsePart.self),
            case .end? = try channel.readOutbound(as: HTTPResponsePart.self)
        else {
            Issue.record("not head, body and end")
            return
        }
        #expect(sent.headerFields[.contentType] == "application/problem+json")
        #expect(sent.headerFields[.contentLength] == String(body.readableBytes))
        #expect(sent.headerFields[.connection] == "close")
        #expect(try JSONReader.read(body.readableBytesView)["code"]?.text == "malformed-http")
    }
}
