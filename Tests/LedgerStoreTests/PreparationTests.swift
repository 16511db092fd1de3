import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// What Prepare says before anything is encrypted; the append decides for good.
@Suite struct PreparationTests {
    @Test func eachItemIsAnsweredForItself() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let original = try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k")))
        let free = UniqueValue(index: "email", value: Drafts.digest("email of nobody"))
        let answers = try await ledger.prepare([
            PrepareItem(idempotency: [Drafts.tag("new")], unique: [free], contactID: nil),
            PrepareItem(
                idempotency: [Drafts.tag("new"), Drafts.tag("k")], unique: [Drafts.unique(person)],
                contactID: nil),
            PrepareItem(
                idempotency: [Drafts.tag("k", "another body")], unique: [], contactID: nil),
            PrepareItem(idempotency: [], unique: [Drafts.unique(person)], contactID: nil),
            PrepareItem(idempotency: [], unique: [], contactID: person.id),
            PrepareItem(idempotency: [], unique: [], contactID: Drafts.contactID()),
        ])
        guard answers.count == 6, case .clear = answers[0], case .replay(let receipt) = answers[1],
            case .refused(let mismatch) = answers[2], case .refused(let duplicate) = answers[3],
            case .contact(let head) = answers[4], case .refused(let unknown) = answers[5]
        else {
            Issue.record("wrong answers: \(answers)")
            return
        }
        #expect(receipt.index == original.index && receipt.leafHash == original.leafHash)
        #expect(receipt.contactID == person.id && receipt.treeSize == ledger.signedSize)
        #expect(mismatch.code == .idempotencyMismatch)
        #expect(duplicate.code == .conflict)
        #expect(unknown.code == .notFound)
        #expect(head.subject == person.subject && head.contactID == person.id)
        #expect(head.version == original.index + 1, "the newest entry of the create")
        await ledger.close()
        try await fixture.check()
    }

    /// Each gets its own answer, whoever it was answered with.
    @Test func manyAtATimeAreNotMixedUp() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<16).map { Drafts.Person("person \($0)") }
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<20 {
                for person in people {
                    group.addTask {
                        let answers = try await ledger.prepare(
                            [nil, person.id].suffix(1 + round % 2).map {
                                PrepareItem(idempotency: [], unique: [], contactID: $0)
                            })
                        guard case .contact(let head)? = answers.last else {
                            Issue.record("no contact: \(answers)")
                            return
                        }
                        #expect(answers.count == 1 + round % 2 && head.subject == person.subject)
                    }
                }
            }
            try await group.waitForAll()
        }
        await ledger.close()
    }

    /// What is not projected is not told, what is, is told at once.
    @Test func whatIsAcknowledgedIsFound() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        for number in 0..<50 {
            let person = Drafts.Person("person \(number)")
            _ = try await ledger.appendOne(Drafts.create(person))
            let answers = try await ledger.prepare([
                PrepareItem(idempotency: [], unique: [Drafts.unique(person)], contactID: nil)
            ])
            guard case .refused(let error)? = answers.first, error.code == .conflict else {
                Issue.record("number \(number) was not found: \(answers)")
                break
            }
        }
        await ledger.close()
    }

    @Test func aClosedLedgerRefuses() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        await ledger.close()
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.prepare([
                PrepareItem(idempotency: [Drafts.tag("k")], unique: [], contactID: nil)
            ])
        }
    }
}
