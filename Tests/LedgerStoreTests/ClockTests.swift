import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct ClockTests {
    @Test func aClockSlightlyBehindIsClamped() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let first = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.clock.advance(seconds: -1)
        let second = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        #expect(second.time == first.time)
        await ledger.close()
        try await fixture.check()
    }

    @Test func aClockFarBehindStopsAppendsUntilAnOperatorSaysItIsRight() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let first = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.clock.advance(seconds: -5)
        await #expect { try await ledger.append(Drafts.read()) } throws: {
            ($0 as? LedgerStoreError)?.code == .clockBehind
        }
        _ = try await ledger.correctClock(actor: "operator", requestID: "r")
        let later = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        #expect(later.time < first.time)
        await ledger.close()
        try await fixture.check()
    }

    /// The stop seals, but cannot announce the seal; that must not keep the next start from serving.
    @Test func aClockFarBehindAtAStopKeepsNoStartFromServing() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.clock.advance(seconds: -3_600)
        await ledger.close()

        ledger = try await fixture.open()
        #expect(ledger.status.sealedSegments == 1)
        #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        await #expect { try await ledger.append(Drafts.read()) } throws: {
            ($0 as? LedgerStoreError)?.code == .clockBehind
        }
        let corrected = try await ledger.correctClock(actor: "operator", requestID: "r")
        let audit = try EventCoding.decode(
            AuditEvent.self, from: ledger.entry(at: corrected.auditIndex).payload)
        #expect(audit.action == "clock.correct")
        #expect(audit.principal == "operator")
        await ledger.sealRepairs.settle()
        #expect(try ledger.announcements(of: 1) == 1)
        _ = try await ledger.append(Drafts.read())
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
