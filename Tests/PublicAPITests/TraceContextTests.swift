import Testing

@testable import PublicAPI

@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test func aTraceIsContinuedUnderAnIdOfOurs() {
        for (flags, ours) in [("01", "01"), ("00", "00"), ("ff", "01"), ("fe", "00")] {
            let context = TraceContext(
                continuing: "00-\(Self.trace)-\(Self.parent)-\(flags)", random: { 0xABC })
            #expect(context.text == "00-\(Self.trace)-0000000000000abc-\(ours)")
        }
    }

    @Test func aLaterVersionIsReadAsFarAsItIsKnown() {
        for rest in ["", "-what-comes-then"] {
            let context = TraceContext(continuing: "01-\(Self.trace)-\(Self.parent)-01" + rest)
            #expect(context.traceID == Self.trace)
        }
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-01-more",
        "ff-\(trace)-\(parent)-01",
        "00-\(trace.uppercased())-\(parent)-01", "00-\(trace)-\(parent)-0",
        "0-\(trace)-\(parent)-01",
        "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace)0-\(parent)-01", " 00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-+1",
        "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01",
        "01-\(trace)-\(parent)-01-" + String(repeating: "x", count: 300),
    ])
    func whatIsNoTraceBeginsAnother(header: String) {
        let context = TraceContext(continuing: header)
        #expect(context.traceID != Self.trace && context.traceID.utf8.count == 32)
        let again = TraceContext(continuing: context.text)
        #expect(again.traceID == context.traceID && again.parentID != context.parentID)
    }

    @Test func theAnswerTellsTheTrace() async throws {
        let fixture = APIFixture()
        let sent = "00-\(Self.trace)-\(Self.parent)-01"
        let reply = try await fixture.send(
            .get, "/healthz", token: nil, headers: ["traceparent": sent])
        let told = try #require(reply.header("traceparent"))
        #expect(told.hasPrefix("00-\(Self.trace)-") && told.hasSuffix("-01") && told != sent)
        let fresh = try await fixture.send(.get, "/nowhere", token: nil)
        #expect(fresh.status == 404 && fresh.header("traceparent")?.utf8.count == 55)
    }
}
