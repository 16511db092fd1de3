import ContactModel
import Foundation
import LedgerFormat
import Synchronization
import Testing

@testable import LedgerStore

@Suite struct FailureTests {
    /// The commit fails before or after it reached the disk. Nobody knows which; nothing acknowledged is lost,
    /// and the ledger writes again once the segment could be reopened.
    @Test(arguments: [FaultPoint.beforeCommit, .committed])
    func aFailedCommitIsNeverTrusted(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let before = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.failOnce(at: point)
        let person = Drafts.Person("bob")
        let mutation = try Drafts.create(person, key: Drafts.tag("k"))
        await #expect { try await ledger.append(Drafts.append([mutation])) } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        let retry = try await untilWritable { try await ledger.appendOne(mutation) }
        #expect(retry.replayed == (point == .committed))
        #expect(try ledger.leafHash(index: before.index) == before.leafHash)
        #expect(try ledger.contact(unique: Drafts.unique(person))?.head.contactID == person.id)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func theQueueIsBoundedAndSaysWhenToComeBack() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.queuedAppends = 4 }
        // Holds the committer in the middle of a commit.
        let gate = Gate()
        fixture.onFault { point in if point == .beforeCommit { gate.wait() } }
        let held = Task { try await ledger.append(Drafts.read()) }
        while !gate.isReached { await Task.yield() }
        let waiting = (0..<4).map { _ in Task { try await ledger.append(Drafts.read()) } }
        while ledger.status.queuedAppends < 4 { await Task.yield() }
        do {
            _ = try await ledger.append(Drafts.read())
            Issue.record("the queue took more than its limit")
        } catch {
            #expect(error.code == .overloaded)
            #expect(error.retryAfterMilliseconds != nil)
        }
        gate.open()
        _ = try await held.value
        for task in waiting { _ = try await task.value }
        #expect(ledger.signedSize == 2 + 5)
        await ledger.close()
        try await fixture.check()
    }

    @Test func withTheKeeperAwayTwoGroupsWaitAtMostAndNewAppendsAreRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open {
            $0.limits.groupEntries = 1
        }
        fixture.signer.change { $0.isAway = true }
        let waiting = (0..<6).map { _ in Task { try await ledger.append(Drafts.read()) } }
        while ledger.status.durableSize < 3 { await Task.yield() }
        // One group is durable, or two; all others are refused instead of waiting for ever.
        var refused = 0
        while refused == 0 {
            do {
                _ = try await Task { try await ledger.append(Drafts.read()) }.value
                Issue.record("acknowledged without a signature")
            } catch let error as LedgerStoreError {
                #expect(error.code == .unavailable)
                refused += 1
            }
        }
        #expect(!ledger.status.isSignerReachable)
        fixture.signer.change { $0.isAway = false }
        var acknowledged = 0
        for task in waiting where (try? await task.value) != nil { acknowledged += 1 }
        #expect(1...2 ~= acknowledged)
        _ = try await untilWritable { try await ledger.append(Drafts.read()) }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aSignerAheadOfTheLedgerIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let old = try fixture.image()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close()
        // The directory of before with the signer of after: a restored backup.
        old.signer.change { state in state = fixture.signer.change { $0 } }
        do {
            _ = try await old.open()
            Issue.record("a ledger that lost entries was opened")
        } catch let error as LedgerStoreError {
            #expect(error.code == .equivocation)
            #expect(error.message.contains("size 2") || error.message.contains("2 entries"))
        }
    }

    @Test func anotherTreeThanTheSignersStopsTheLedger() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.signer.change { $0.frontier.append(Drafts.digest("foreign leaf")) }
        await #expect { try await ledger.append(Drafts.read()) } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        #expect(ledger.status.problem?.contains("recorded 3") == true)
        // From here on nothing is written any more, not even what nobody would acknowledge.
        let durable = ledger.status.durableSize
        #expect(durable == 3)
        await #expect { try await ledger.append(Drafts.read()) } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        #expect(ledger.status.durableSize == durable)
        #expect(ledger.signedSize == 2)
        await ledger.close()
        // Trying again does not help, and is refused for the right reason.
        await #expect { try await fixture.open() } throws: {
            ($0 as? LedgerStoreError)?.code == .equivocation
        }
    }

    @Test(arguments: ["notes.txt", "segment-1.sqlite", "segment-00000009.sqlite"])
    func aStrangeFileInTheDirectoryIsNamed(name: String) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        await ledger.close()
        try Data("x".utf8).write(to: URL(fileURLWithPath: fixture.ledgerPath + "/" + name))
        await #expect { try await fixture.open() } throws: {
            ($0 as? LedgerStoreError)?.code == .damaged
        }
    }
}
