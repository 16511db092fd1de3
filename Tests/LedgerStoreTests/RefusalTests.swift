import ContactModel
import LedgerFormat
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    @Test func refusalsWithoutACallerAreInTheLedgersOwnName() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let start = ledger.signedSize
        _ = try await ledger.record(
            [
                Refusals(reason: "token-expired", count: 7),
                Refusals(reason: "bad-signature", count: 1),
            ],
            requestID: "r")
        for (offset, reason, count) in [(0, "token-expired", 7), (1, "bad-signature", 1)] {
            let entry = try ledger.entry(at: start + UInt64(offset))
            let header = try EntryHeader(canonical: entry.header)
            #expect(header.actor == "chancery-ledger" && header.stream == .audit)
            #expect(header.label == SecurityLabel.audit.text)
            let event = try EventCoding.decode(AuditEvent.self, from: entry.payload)
            #expect(event.category == .authentication && event.outcome == .denied)
            #expect(event.reason == reason && event.count == count)
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test(arguments: [("", 1), ("Bad", 1), ("a b", 1), ("token-expired", 0), ("é", 1)])
    func whatIsNoRefusalIsRefused(reason: String, count: Int) {
        #expect(throws: LedgerStoreError.self) { try Refusals(reason: reason, count: count) }
    }
}
