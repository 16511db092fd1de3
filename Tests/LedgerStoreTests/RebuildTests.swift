import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite struct RebuildTests {
    private func filled() async throws -> (fixture: LedgerFixture, people: [Drafts.Person]) {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<30).map { Drafts.Person("p\($0)") }
        for (number, person) in people.enumerated() {
            _ = try await ledger.appendOne(
                Drafts.create(person, key: Drafts.tag("k\(number)"), attributes: number % 3))
            if number % 4 == 0 { _ = try await ledger.appendOne(Drafts.enrich(person)) }
            if number == 15 { _ = try await ledger.seal(actor: "operator", requestID: "r") }
        }
        _ = try? await ledger.refusal(Drafts.create(Drafts.Person("p3"), key: Drafts.tag("dup")))
        await ledger.close()
        return (fixture, people)
    }

    @Test func deletedProjectionsComeBackTheSame() async throws {
        let (fixture, people) = try await filled()
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        let report = try await Ledger.rebuild(
            fixture.configuration { $0.limits.catchUpEntries = 7 }, signer: fixture.signer,
            reindexer: fixture.signer)
        #expect(report.entries > 100)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == before)
        let ledger = try await fixture.open()
        #expect(
            try ledger.contact(unique: Drafts.unique(people[7]))?.head.contactID == people[7].id)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func damagedProjectionsAreReplaced() async throws {
        let (fixture, _) = try await filled()
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        try Data("this is no database, whatever its name says".utf8)
            .write(to: URL(fileURLWithPath: fixture.projectionsPath))
        let ledger = try await fixture.open()
        await ledger.close(sealing: false)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == before)
    }

    @Test func projectionsBehindTheLedgerCatchUp() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close(sealing: false)
        let old = try fixture.image()
        ledger = try await fixture.open()
        let late = Drafts.Person("late")
        _ = try await ledger.appendOne(Drafts.create(late))
        await ledger.close(sealing: false)
        let expected = try ProjectionDump.lines(fixture.projectionsPath)

        try FileManager.default.removeItem(atPath: fixture.root + "/views")
        try FileManager.default.copyItem(
            atPath: old.root + "/views", toPath: fixture.root + "/views")
        ledger = try await fixture.open()
        #expect(try ledger.contact(unique: Drafts.unique(late))?.head.contactID == late.id)
        await ledger.close(sealing: false)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == expected)
    }

    /// Views of another history: longer than the ledger, or of the same length with other leaves.
    @Test func projectionsOfAnotherLedgerAreReplaced() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close(sealing: false)
        let expected = try ProjectionDump.lines(fixture.projectionsPath)

        let other = try LedgerFixture()
        ledger = try await other.open()
        for name in ["x", "y", "z"] {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person(name)))
        }
        await ledger.close(sealing: false)
        for count in [1, 3] {
            _ = count
            try FileManager.default.removeItem(atPath: fixture.root + "/views")
            try FileManager.default.copyItem(
                atPath: other.root + "/views", toPath: fixture.root + "/views")
            ledger = try await fixture.open()
            await ledger.close(sealing: false)
            #expect(try ProjectionDump.lines(fixture.projectionsPath) == expected)
        }
    }

    @Test func anErasedSubjectIsNotProjectedAgain() async throws {
        let (fixture, people) = try await filled()
        fixture.signer.change { _ = $0.erased.insert(people[4].subject) }
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let ledger = try await fixture.open()
        #expect(try ledger.contact(id: people[4].id) == nil)
        #expect(try ledger.contact(id: people[5].id) != nil)
        let rows = try ProjectionDump.lines(fixture.projectionsPath)
        let tag = people[4].subject.data.base64EncodedString()
        for table in ["contact", "unique_value", "attribute", "consent", "provenance"] {
            #expect(!rows.contains { $0.hasPrefix(table + " ") && $0.contains(tag) })
        }
        await ledger.close()
        try await fixture.check()
    }

    @Test func aRebuildWhileALedgerIsOpenIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        await #expect {
            try await Ledger.rebuild(
                fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        } throws: {
            ($0 as? LedgerStoreError)?.code == .locked
        }
        await ledger.close()
    }
}
