import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite struct PreconditionTests {
    @Test func aUniqueValueTwiceInOneAppendIsAConflict() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let first = Drafts.Person("same")
        let second = Drafts.Person("same")
        let result = try await ledger.append(
            Drafts.append([Drafts.create(first), Drafts.create(second)]))
        guard case .receipt = result.mutations[0], case .refused(let error) = result.mutations[1]
        else {
            Issue.record("wrong outcomes: \(result.mutations)")
            return
        }
        #expect(error.code == .conflict)
        await ledger.close()
        try await fixture.check()
    }

    /// | first | second |
    /// | durable, not signed, in no table | decided now: only what is in flight tells that the value is taken |
    @Test func aUniqueValueInFlightIsAConflict() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        // Durable, and not signed before the second waits too.
        let gate = Gate()
        fixture.onFault { point in if point == .committed { gate.wait() } }
        let first = Task {
            try await ledger.append(Drafts.append([Drafts.create(Drafts.Person("same"))]))
        }
        while !gate.isReached { await Task.yield() }
        let second = Task {
            try await ledger.append(Drafts.append([Drafts.create(Drafts.Person("same"))]))
        }
        while ledger.status.queuedAppends < 1 { await Task.yield() }
        #expect(ledger.status.projectedSize == 2)
        gate.open()
        guard case .receipt = try await first.value.mutations[0],
            case .refused(let error) = try await second.value.mutations[0]
        else {
            Issue.record("one email, two contacts")
            return
        }
        #expect(error.code == .conflict)
        await ledger.close()
        try await fixture.check()
    }

    @Test func aUniqueValueThatIsProjectedIsAConflict() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("same")))
        #expect(try await ledger.refusal(Drafts.create(Drafts.Person("same"))) == .conflict)
        await ledger.close()
        let again = try await fixture.open()
        #expect(try await again.refusal(Drafts.create(Drafts.Person("same"))) == .conflict)
        await again.close()
        try await fixture.check()
    }

    @Test func aRefusedAppendSaysSoInItsAuditEntry() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("same")))
        let result = try await ledger.append(
            Drafts.append([Drafts.create(Drafts.Person("same"), key: Drafts.tag("k"))]))
        let audit = try EventCoding.decode(
            AuditEvent.self, from: ledger.entry(at: result.auditIndex).payload)
        #expect(audit.outcome == .refused)
        #expect(audit.reason == "conflict")
        #expect(audit.principal == Drafts.actor.id)
        #expect(audit.mutations.map(\.outcome) == ["CONFLICT"])
        #expect(audit.mutations.first?.idempotencyKey == Drafts.tag("k").key.hex)
        await ledger.close()
    }

    @Test func aStaleVersionIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let created = try await ledger.appendOne(Drafts.create(person))
        let version = created.index + created.count - 1
        _ = try await ledger.appendOne(Drafts.enrich(person, expectedVersion: version))
        #expect(
            try await ledger.refusal(Drafts.enrich(person, expectedVersion: version)) == .stale)
        await ledger.close()
    }

    /// | first mutation of the append | second mutation |
    /// | writes at version v, making v + 2 | expects v: the append's own change stands in its way |
    @Test func aVersionIsCheckedAgainstTheSameAppend() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let created = try await ledger.appendOne(Drafts.create(person))
        let version = created.index + created.count - 1
        let result = try await ledger.append(
            Drafts.append([
                Drafts.enrich(person, expectedVersion: version),
                Drafts.enrich(person, expectedVersion: version),
            ]))
        guard case .receipt = result.mutations[0], case .refused(let error) = result.mutations[1]
        else {
            Issue.record("wrong outcomes")
            return
        }
        #expect(error.code == .stale)
        await ledger.close()
    }

    @Test func anUnknownSubjectIsNotFound() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        #expect(try await ledger.refusal(Drafts.enrich(Drafts.Person("nobody"))) == .notFound)
        await ledger.close()
    }

    @Test func aSubjectOrContactIdIsCreatedOnce() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(person))
        var sameSubject = try Drafts.create(person)
        sameSubject.unique = [Drafts.unique(Drafts.Person("another"))]
        sameSubject.contactID = Drafts.contactID()
        #expect(try await ledger.refusal(sameSubject) == .conflict)
        var sameID = try Drafts.create(Drafts.Person("bob"))
        sameID.contactID = person.id
        #expect(try await ledger.refusal(sameID) == .conflict)
        await ledger.close()
    }

    /// The contact's email is the one thing that a rebuild makes index values of.
    @Test(arguments: [[], ["email", "email"], ["phone"], ["email", "phone"]])
    func aNewSubjectComesWithExactlyItsEmailAsUniqueValue(indices: [String]) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var mutation = try Drafts.create(Drafts.Person("ada"))
        mutation.unique = indices.enumerated().map { position, index in
            UniqueValue(index: index, value: Drafts.digest("value \(position)"))
        }
        let request = Drafts.append([mutation])
        await #expect { try await ledger.append(request) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        #expect(ledger.signedSize == 2)
        await ledger.close()
    }

    @Test func aMutationMayBuildOnACreateOfTheSameAppend() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let result = try await ledger.append(
            Drafts.append([Drafts.create(person), Drafts.enrich(person)]))
        for outcome in result.mutations {
            guard case .receipt(let receipt) = outcome else {
                Issue.record("refused")
                continue
            }
            #expect(receipt.contactID == person.id)
        }
        await ledger.close()
        try await fixture.check()
    }
}
