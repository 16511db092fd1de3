import Foundation
import LedgerFormat
import Testing

@testable import LedgerStore

@Suite struct IdempotencyTests {
    @Test func aRetryGetsTheOriginalReceipt() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let original = try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k")))
        var retry = try await ledger.appendOne(
            Drafts.create(Drafts.Person("ada"), key: Drafts.tag("k")))
        #expect(retry.replayed)
        retry.replayed = false
        retry.treeSize = original.treeSize
        #expect(retry == original)
        await ledger.close()
        try await fixture.check()
    }

    @Test(arguments: [false, true])
    func aRetryAfterAReopenGetsTheOriginalReceipt(withoutViews: Bool) async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let original = try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k")))
        await ledger.close()
        if withoutViews {
            try FileManager.default.removeItem(atPath: fixture.root + "/views")
            try FileManager.default.createDirectory(
                atPath: fixture.root + "/views", withIntermediateDirectories: true)
        }
        ledger = try await fixture.open()
        let retry = try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k")))
        #expect(retry.replayed)
        #expect(retry.index == original.index)
        #expect(retry.leafHash == original.leafHash)
        #expect(retry.contactID == original.contactID)
        await ledger.close()
        try await fixture.check()
    }

    @Test func theSameKeyWithAnotherRequestIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("a"), key: Drafts.tag("k")))
        #expect(
            try await ledger.refusal(
                Drafts.create(Drafts.Person("b"), key: Drafts.tag("k", "other")))
                == .idempotencyMismatch)
        await ledger.close()
    }

    @Test func theSameKeyTwiceInOneAppendIsOneMutation() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let mutation = try Drafts.create(person, key: Drafts.tag("k"))
        let result = try await ledger.append(Drafts.append([mutation, mutation]))
        guard case .receipt(let first) = result.mutations[0],
            case .receipt(let second) = result.mutations[1]
        else {
            Issue.record("refused")
            return
        }
        #expect(!first.replayed && second.replayed)
        #expect(first.index == second.index)
        await ledger.close()
        try await fixture.check()
    }

    @Test func aRetryWhileTheOriginalIsInFlightWaitsForIt() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        // Durable, and not signed before the retry waits too.
        let gate = Gate()
        fixture.onFault { point in if point == .committed { gate.wait() } }
        let original = Task {
            try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k")))
        }
        while !gate.isReached { await Task.yield() }
        let retry = Task { try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("k"))) }
        while ledger.status.queuedAppends < 1 { await Task.yield() }
        gate.open()
        let (first, second) = (try await original.value, try await retry.value)
        #expect(!first.replayed && second.replayed)
        #expect(first.index == second.index)
        #expect(second.treeSize >= first.treeSize)
        await ledger.close()
        try await fixture.check()
    }

    @Test func aKeyOfYesterdayStillMatches() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(person, key: Drafts.tag("yesterday")))
        var retry = try Drafts.create(person)
        retry.idempotency = [Drafts.tag("today"), Drafts.tag("yesterday")]
        #expect(try await ledger.appendOne(retry).replayed)
        await ledger.close()
    }

    @Test func aRefusedMutationDoesNotUseUpItsKey() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("same")))
        #expect(
            try await ledger.refusal(
                Drafts.create(Drafts.Person("same"), key: Drafts.tag("k"))) == .conflict)
        let receipt = try await ledger.appendOne(
            Drafts.create(Drafts.Person("other"), key: Drafts.tag("k", "other")))
        #expect(!receipt.replayed)
        await ledger.close()
    }
}
