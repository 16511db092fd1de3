import ContactModel
import Foundation
import GRDB
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// While a legal hold is in force the ledger orders no erasure, whoever asks.
@Suite(.timeLimit(.minutes(2))) struct HoldTests {
    private static func place(
        _ person: Drafts.Person, _ id: String, until: String? = nil
    ) throws -> MutationDraft {
        try draft(
            person,
            LegalHoldPlaced(holdId: id, reason: .courtOrder, salt: Salt.random(), until: until))
    }

    private static func release(_ person: Drafts.Person, _ id: String) throws -> MutationDraft {
        try draft(person, LegalHoldReleased(holdId: id, salt: Salt.random()))
    }

    private static func draft(
        _ person: Drafts.Person, _ event: some LedgerEvent
    ) throws -> MutationDraft {
        MutationDraft(entries: [try Drafts.entry(.dsr, event)], subject: person.subject)
    }

    private static func open() async throws -> (LedgerFixture, Ledger, Drafts.Person) {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        return (fixture, ledger, ada)
    }

    private static func refusal(
        _ person: Drafts.Person, _ ledger: Ledger, _ fixture: LedgerFixture
    ) async -> LedgerStoreError.Code? {
        do {
            _ = try await ledger.erase(person, by: fixture.signer)
            return nil
        } catch { return error.code }
    }

    @Test func aHoldStopsAnErasureAndItsReleaseLetsIt() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        let (first, second) = (Drafts.uuid(), Drafts.uuid())
        for id in [first, second] { _ = try await ledger.appendOne(Self.place(ada, id)) }
        #expect(try await ledger.refusal(Self.place(ada, first)) == .conflict)
        #expect(await Self.refusal(ada, ledger, fixture) == .legalHold)
        _ = try await ledger.appendOne(Self.release(ada, first))
        #expect(try await ledger.refusal(Self.release(ada, first)) == .notFound)
        #expect(await Self.refusal(ada, ledger, fixture) == .legalHold)
        let holds = try ledger.legalHolds(of: ada.subject)
        #expect(holds.map { $0.record.releasedAt == nil } == [false, true])
        _ = try await ledger.appendOne(Self.release(ada, second))
        #expect(await Self.refusal(ada, ledger, fixture) == nil)
        #expect(try ledger.legalHolds(of: ada.subject).isEmpty)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What the look before the append cannot see: the sequencer decides.
    @Test func aHoldOfTheSameGroupCounts() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        let order = ErasureOrdered(
            requestId: "r", salt: Salt.random(), ticket: Data(repeating: 1, count: 64))
        let result = try await ledger.append(
            Drafts.append([
                try Self.place(ada, Drafts.uuid()),
                MutationDraft(
                    entries: [try Drafts.entry(.dsr, order)], subject: ada.subject),
            ]))
        guard case .refused(let error) = result.mutations.last else {
            Issue.record("the order was taken")
            return
        }
        #expect(error.code == .legalHold)
        #expect(try ledger.contact(id: ada.id) != nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// A ticket's holder releases nothing: refused, it must not pass for released behind itself either.
    @Test func aReleaseThatIsRefusedKeepsTheHold() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        let hold = Drafts.uuid()
        _ = try await ledger.appendOne(Self.place(ada, hold))
        let order = ErasureOrdered(
            requestId: "r", salt: Salt.random(), ticket: Data(repeating: 1, count: 64))
        let actor = LedgerActor(
            id: TicketActor.name(generation: 1, index: 0), clearance: Drafts.actor.clearance)
        let result = try await ledger.append(
            Drafts.append(
                [
                    try Self.release(ada, hold),
                    MutationDraft(
                        entries: [try Drafts.entry(.dsr, order)], subject: ada.subject),
                ], by: actor))
        let codes = result.mutations.map { (outcome) -> LedgerStoreError.Code? in
            if case .refused(let error) = outcome { error.code } else { nil }
        }
        #expect(codes == [.invalid, .legalHold])
        #expect(try ledger.contact(id: ada.id) != nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What the row said may be in force: the views are made anew first.
    @Test func aHoldWhoseRowIsDamagedIsNotPassedOver() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        _ = try await ledger.appendOne(Self.place(ada, Drafts.uuid()))
        let views = try DatabaseQueue(path: fixture.projectionsPath)
        try await views.write { db in
            try db.execute(sql: "UPDATE legal_hold SET reason = 'WHIM'")
        }
        try views.close()
        #expect(await Self.refusal(ada, ledger, fixture) == .rebuildNeeded)
        await ledger.close(sealing: false)
    }

    @Test func aHoldEndsWithItsTime() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        #expect(
            try await ledger.refusal(
                Self.place(ada, Drafts.uuid(), until: "2020-01-01T00:00:00.000000Z")) == .invalid)
        let soon = try #require(
            Timestamp(
                microsecondsSince1970: fixture.clock.now().microsecondsSince1970 + 60_000_000))
        _ = try await ledger.appendOne(Self.place(ada, Drafts.uuid(), until: soon.text))
        #expect(await Self.refusal(ada, ledger, fixture) == .legalHold)
        fixture.clock.advance(seconds: 61)
        #expect(await Self.refusal(ada, ledger, fixture) == nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aHoldStandsAloneAndMovesNoLabel() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        let event = LegalHoldPlaced(
            holdId: Drafts.uuid(), reason: .legalClaims, salt: Salt.random(), until: nil)
        let other = MutationDraft(
            entries: [try Drafts.entry(.dsr, event, "s2/i1")], subject: ada.subject)
        #expect(try await ledger.refusal(other) == .conflict)
        for entries in [
            [try Drafts.entry(.dsr, event)] + (try Drafts.enrich(ada).entries),
            [
                try Drafts.entry(
                    .dsr,
                    LegalHoldPlaced(
                        holdId: "7", reason: .legalClaims, salt: Salt.random(), until: nil))
            ],
        ] {
            await #expect {
                _ = try await ledger.append(
                    Drafts.append([MutationDraft(entries: entries, subject: ada.subject)]))
            } throws: {
                ($0 as? LedgerStoreError)?.code == .invalid
            }
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func holdsAreReadAgainFromTheLedger() async throws {
        let (fixture, ledger, ada) = try await Self.open()
        let kept = Drafts.uuid()
        for id in [Drafts.uuid(), kept] { _ = try await ledger.appendOne(Self.place(ada, id)) }
        _ = try await ledger.appendOne(Self.release(ada, kept))
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        await ledger.close()
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let after = try ProjectionDump.lines(fixture.projectionsPath)
        func holds(_ lines: [String]) -> [String] { lines.filter { $0.hasPrefix("legal_hold") } }
        #expect(holds(before) == holds(after) && holds(after).count >= 2)
    }
}
