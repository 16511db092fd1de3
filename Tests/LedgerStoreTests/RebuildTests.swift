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

    /// As the appliance leaves them: nobody may so much as set the permissions that they have.
    @Test func sealedFilesThatAreImmutableStandInNobodysWay() async throws {
        let (fixture, _) = try await filled()
        let sealed = try FileManager.default.contentsOfDirectory(atPath: fixture.ledgerPath)
            .filter { $0.hasSuffix(".manifest") }
            .flatMap { [$0, $0.replacing(".manifest", with: ".sqlite")] }
            .map { "\(fixture.ledgerPath)/\($0)" }
        try #require(sealed.count >= 2)
        guard try chattr("+i", sealed) else {
            print(
                "skipped: this file system has no immutable attribute, or this user may not set it")
            return
        }
        defer { _ = try? chattr("-i", sealed) }
        #expect(chmod(sealed[0], 0o444) != 0)
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("later")))
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    private func chattr(_ change: String, _ files: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/chattr")
        process.arguments = [change] + files
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
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
    @Test(arguments: [1, 3]) func projectionsOfAnotherLedgerAreReplaced(count: Int) async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close(sealing: false)
        let expected = try ProjectionDump.lines(fixture.projectionsPath)

        let other = try LedgerFixture()
        ledger = try await other.open()
        for number in 0..<count {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("x\(number)")))
        }
        await ledger.close(sealing: false)
        let foreign = try ProjectionDump.lines(other.projectionsPath)
        #expect((foreign.count == expected.count) == (count == 1))
        #expect(foreign != expected)
        try FileManager.default.removeItem(atPath: fixture.root + "/views")
        try FileManager.default.copyItem(
            atPath: other.root + "/views", toPath: fixture.root + "/views")
        ledger = try await fixture.open()
        await ledger.close(sealing: false)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == expected)
    }

    /// The tables are damaged while they are in use: reads and appends are refused, not answered from what is left,
    /// and opening again brings everything back.
    @Test func projectionsDamagedInUseAreMadeAnew() async throws {
        let (fixture, people) = try await filled()
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        let ledger = try await fixture.open()
        try Self.damage(fixture.projectionsPath)
        var codes: Set<LedgerStoreError.Code> = []
        for person in people {
            do throws(LedgerStoreError) {
                _ = try ledger.contact(id: person.id)
            } catch {
                codes.insert(error.code)
            }
        }
        #expect(codes == [.rebuildNeeded])
        await #expect {
            try await ledger.prepare([
                PrepareItem(idempotency: [], unique: [], contactID: people[7].id)
            ])
        } throws: { ($0 as? LedgerStoreError)?.code == .rebuildNeeded }
        await ledger.untilReopeningNeeded()
        await #expect { try await ledger.append(Drafts.read()) } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        await ledger.close(sealing: false)

        let again = try await fixture.open()
        #expect(try again.contact(id: people[7].id)?.head.contactID == people[7].id)
        await again.close(sealing: false)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == before)
        try await fixture.check(unsignedTail: 0)
    }

    /// Overwrites all pages but the first, which holds the schema.
    private static func damage(_ path: String) throws {
        let size = Int(DurableFile.size(path))
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: 4_096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: size - 4_096))
        try file.close()
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
