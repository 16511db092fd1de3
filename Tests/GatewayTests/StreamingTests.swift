import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization
import Testing

@Suite(.serialized) struct StreamingTests {
    private static let lines = 60_000
    private static let padding = String(repeating: " ", count: 1_000)

    private static func line(_ index: Int) -> String {
        // One in a thousand is done, the others are refused: what is measured is the stream.
        guard index % 1_000 == 0 else { return "nonsense" + padding + "\n" }
        return
            #"{"op":"createContact","idempotencyKey":"k\#(index)","body":{"email":"p\#(index)@example.com","#
            + #""consentType":"DOUBLE_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]}}"#
            + "\n"
    }

    /// A client that reads no results is not read from either, so that nothing piles up; once it reads, it gets every one.
    @Test func aSlowReaderOfALongStreamIsHeldBackAndLosesNothing() async throws {
        try await RunningGateway.run { gateway in
            let produced = Mutex(0)
            let body = AsyncStream<ByteBuffer>(unfolding: {
                let first = produced.withLock { produced in
                    defer { produced += 50 }
                    return produced
                }
                guard first < Self.lines else { return nil }
                return ByteBuffer(string: (first..<(first + 50)).map(Self.line).joined())
            })
            var request = gateway.post(
                "/api/v1/mutations", token: "enrichment-platform", type: "application/x-ndjson")
            request.body = .stream(body, length: .unknown)
            let response = try await gateway.client.execute(request, timeout: .minutes(10))
            #expect(response.status == .ok)
            // Nothing is read until no more is taken in. (Too short a wait would only make the test milder.)
            var before = -1
            while produced.withLock({ $0 }) != before, before < Self.lines {
                before = produced.withLock { $0 }
                try await Task.sleep(for: .seconds(2))
            }
            #expect(before < Self.lines, "60 MB were taken in although nobody read the results")
            var text: [UInt8] = []
            var number = 0
            var done = 0
            for try await part in response.body {
                text += part.readableBytesView
                while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                    number += 1
                    let line = String(decoding: text[..<end], as: UTF8.self)
                    text.removeFirst(end + 1)
                    if line.contains(#""status":201"#) { done += 1 }
                    guard line.hasPrefix("{\"line\":\(number),") else {
                        Issue.record("line \(number) is \(line.prefix(40))")
                        return
                    }
                }
            }
            #expect(number == Self.lines && text.isEmpty)
            #expect(done == Self.lines / 1_000)
            #expect(gateway.ledger.appends.flatMap(\.mutations).count == done)
        }
    }

    @Test func aRefusedUploadGetsItsAnswerAndTheNextRequestIsServed() async throws {
        try await RunningGateway.run { gateway in
            for status in [UInt(401), 401, 401] {
                var request = gateway.post(
                    "/api/v1/contacts", token: "nobody", type: "application/json")
                request.body = .bytes(ByteBuffer(repeating: 0x20, count: 4 << 20))
                let response = try await gateway.client.execute(request, timeout: .seconds(60))
                #expect(response.status.code == status)
                #expect(response.headers.first(name: "Content-Type") == "application/problem+json")
            }
        }
    }

    @Test func headersThatAreTooLargeGetAProblemDocument() async throws {
        try await RunningGateway.run { gateway in
            var request = HTTPClientRequest(url: gateway.base + "/healthz")
            request.headers.add(name: "X-Long", value: String(repeating: "x", count: 40_000))
            let response = try await gateway.client.execute(request, timeout: .seconds(60))
            #expect(response.status == .badRequest)
            #expect(response.headers.first(name: "Content-Type") == "application/problem+json")
            #expect(response.headers.first(name: "X-Content-Type-Options") == "nosniff")
            #expect(response.headers.first(name: "Strict-Transport-Security") != nil)
            let body = try await response.body.collect(upTo: 1 << 16)
            #expect(String(buffer: body).contains("malformed-http"))
        }
    }
}
