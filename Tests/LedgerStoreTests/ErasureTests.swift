import ContactModel
import Foundation
import GRDB
import LedgerFormat
import Projections
import Synchronization
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct ErasureTests {
    private func erase(
        _ person: Drafts.Person, _ ledger: Ledger, _ fixture: LedgerFixture
    ) async throws -> ErasureResult {
        try await ledger.erase(person, by: fixture.signer)
    }

    private func isGone(_ person: Drafts.Person, _ ledger: Ledger) throws -> Bool {
        let found = [
            try ledger.contact(id: person.id), try ledger.contact(unique: Drafts.unique(person)),
        ]
        return found.allSatisfy { $0 == nil }
    }

    @Test func anErasedContactIsGoneForEveryReaderAndItsAddressIsFree() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        for person in [ada, bob] { _ = try await ledger.appendOne(Drafts.create(person)) }
        let result = try await erase(ada, ledger, fixture)
        let completion = try #require(result.completion)
        #expect(completion.epochs == ErasureEpochs(before: 1, after: 2))
        let ordered = try EntryHeader(canonical: ledger.entry(at: result.ordered).header)
        #expect(ordered.type == ErasureOrdered.type && ordered.actor == "dpo-1")
        #expect(ordered.subject == ada.subject)
        let erased = try EntryHeader(canonical: ledger.entry(at: completion.index).header)
        #expect(erased.type == SubjectErased.type && erased.subject == ada.subject)
        #expect(erased.subjectPrevious == result.ordered)
        #expect(try isGone(ada, ledger))
        #expect(try ledger.contact(id: bob.id) != nil)
        // Nothing more is recorded of her, and the same address may come again as somebody else.
        await #expect { _ = try await erase(ada, ledger, fixture) } throws: {
            ($0 as? LedgerStoreError)?.code == .notFound
        }
        let again = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(again))
        #expect(try ledger.contact(unique: Drafts.unique(again))?.head.contactID == again.id)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Nothing is ordered, and nobody is gone, unless the keeper takes whoever asks for one who may.
    @Test func whomTheKeeperDoesNotAuthorizeOrdersNothing() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        let size = ledger.signedSize
        fixture.signer.change { $0.refusesErasures = true }
        await #expect { _ = try await erase(ada, ledger, fixture) } throws: {
            ($0 as? LedgerStoreError)?.code == .unauthorized
        }
        #expect(try ledger.contact(id: ada.id) != nil)
        #expect(ledger.signedSize == size)
        fixture.signer.change { $0.refusesErasures = false }
        let result = try await erase(ada, ledger, fixture)
        #expect(result.completion != nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// An order that the keeper does not take for one, of an older ledger say, keeps nobody else waiting.
    @Test func anOrderThatIsRefusedHoldsUpNoOther() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<5).map { Drafts.Person("p\($0)") }
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        fixture.signer.change { $0.cannotForget = true }
        for person in people {
            let result = try await erase(person, ledger, fixture)
            #expect(result.completion == nil)
        }
        let stranger = people[2].subject
        fixture.signer.change {
            $0.strangers = [stranger]
            $0.cannotForget = false
        }
        while try ledger.projections.read({ try $0.openErasures().count }) > 1 {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(
            fixture.signer.change { $0.erased }
                == Set(people.map(\.subject)).subtracting([stranger]))
        // It stays open, is told of, and what comes later is done.
        while ledger.status.refusedErasures != 1 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(ledger.status.problem == nil)
        let later = Drafts.Person("later")
        _ = try await ledger.appendOne(Drafts.create(later))
        let done = try await erase(later, ledger, fixture)
        #expect(done.completion != nil)
        #expect(try ledger.projections.read { try $0.openErasures().map(\.subject) } == [stranger])
        #expect(ledger.status.refusedErasures == 1)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Not in any row, and not in the bytes of the file either.
    @Test func whatIsPurgedIsOverwritten() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<50).map { Drafts.Person("p\($0)") }
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        let ada = people[20]
        let needles = [ada.id.bytes, Drafts.unique(ada).value.data]
        _ = try await erase(ada, ledger, fixture)
        await ledger.close(sealing: false)
        for suffix in ["", "-wal"] {
            let file = URL(fileURLWithPath: fixture.projectionsPath + suffix)
            guard let bytes = try? Data(contentsOf: file) else { continue }
            for needle in needles { #expect(bytes.range(of: needle) == nil, "in \(file.path)") }
        }
    }

    @Test func whatTheKeeperCannotDoYetIsOrderedAndDoneWhenItCan() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        fixture.signer.change { $0.cannotForget = true }
        let result = try await erase(ada, ledger, fixture)
        #expect(result.completion == nil)
        #expect(try isGone(ada, ledger))
        fixture.signer.change { $0.cannotForget = false }
        while try ledger.projections.read({ try !$0.openErasures().isEmpty }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(fixture.signer.change { $0.erased.contains(ada.subject) })
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func anOrderOfAnEarlierLifeIsCarriedOut() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        fixture.signer.change { $0.cannotForget = true }
        _ = try await erase(ada, ledger, fixture)
        await ledger.close()
        fixture.signer.change { $0.cannotForget = false }
        ledger = try await fixture.open()
        while try ledger.projections.read({ try !$0.openErasures().isEmpty }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(fixture.signer.change { $0.erased.contains(ada.subject) })
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// The keeper did it; the ledger was killed before it could say so, or its reply was lost.
    @Test(arguments: [FaultPoint.beforeCommit, .committed])
    func aFailureToSaySoIsRepeatedAndNothingIsSaidTwice(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        let commits = Atomic(0)
        fixture.onFault { reached in
            // The order is the first commit, what says that it is done the second.
            guard reached == point, commits.add(1, ordering: .relaxed).newValue == 2 else {
                return
            }
            throw LedgerFixture.Broken()
        }
        let result = try await erase(ada, ledger, fixture)
        #expect(result.completion == nil)
        fixture.onFault(nil)
        while try ledger.projections.read({ try !$0.openErasures().isEmpty }) {
            ledger.sequencer.wake()
            try await Task.sleep(for: .milliseconds(5))
        }
        var said = 0
        for index in 0..<ledger.signedSize {
            let header = try EntryHeader(canonical: ledger.entry(at: index).header)
            if header.type == SubjectErased.type { said += 1 }
        }
        #expect(said == 1)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// The order's commit fails behind the commit point: its caller gets no receipt, and it is found on the disk.
    @Test func anOrderThatIsFoundOnTheDiskIsCarriedOut() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        fixture.failOnce(at: .committed)
        await #expect { _ = try await erase(ada, ledger, fixture) } throws: {
            ($0 as? LedgerStoreError)?.mayHaveRun == true
        }
        while !fixture.signer.change({ $0.erased.contains(ada.subject) }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        while try ledger.projections.read({ try !$0.openErasures().isEmpty }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func whoeverOrderedDoesNotWaitForEver() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.erasurePatience = .milliseconds(20) }
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        let gate = Gate()
        fixture.signer.onForget { gate.wait() }
        let result = try await erase(ada, ledger, fixture)
        #expect(result.completion == nil)
        gate.open()
        while try ledger.projections.read({ try !$0.openErasures().isEmpty }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        await ledger.close()
    }

    @Test func erasuresThatWaitTogetherTakeOneStep() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<30).map { Drafts.Person("p\($0)") }
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        let results = try await withThrowingTaskGroup(of: ErasureResult.self) { group in
            for person in people { group.addTask { try await erase(person, ledger, fixture) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0.completion != nil })
        #expect(Set(results.compactMap { $0.completion?.index }).count == people.count)
        #expect(fixture.signer.change { $0.epoch } < 1 + UInt64(people.count))
        for person in people { #expect(try isGone(person, ledger)) }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aRebuildMakesTheSameOfErasedAndOpenOrders() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let (ada, bob, eve) = (Drafts.Person("ada"), Drafts.Person("bob"), Drafts.Person("eve"))
        for person in [ada, bob, eve] { _ = try await ledger.appendOne(Drafts.create(person)) }
        _ = try await erase(ada, ledger, fixture)
        fixture.signer.change { $0.cannotForget = true }
        _ = try await erase(bob, ledger, fixture)
        await ledger.close(sealing: false)
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        try ProjectionStore.delete(path: fixture.projectionsPath)
        ledger = try await fixture.open()
        await ledger.close(sealing: false)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == before)
        ledger = try await fixture.open()
        #expect(try isGone(ada, ledger))
        #expect(try isGone(bob, ledger))
        #expect(try ledger.contact(id: eve.id) != nil)
        let open = try ledger.projections.read { try $0.openErasures().map(\.subject) }
        #expect(open == [bob.subject])
        // His address is free although his key is still there.
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person(sameEmailAs: bob)))
        await ledger.close(sealing: false)
    }
}
