import ContactModel
import Foundation
import LedgerFormat
import Synchronization
import Testing

@testable import LedgerStore

/// What a caller and the audit trail learn of mutations that did not simply go through.
@Suite struct OutcomeTests {
    struct NoSpace: Error {}

    @Test(arguments: [FaultPoint.beforeCommit, .committed])
    func aCommitThatFailsLeavesTheOutcomeOpen(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let isArmed = Atomic(true)
        fixture.onFault { reached in
            guard reached == point,
                isArmed.exchange(false, ordering: .sequentiallyConsistent)
            else { return }
            throw NoSpace()
        }
        let request = try Drafts.append([Drafts.create(Drafts.Person("ada"))])
        await #expect { try await ledger.append(request) } throws: {
            ($0 as? LedgerStoreError)?.mayHaveRun == true
        }
        await ledger.close()
    }

    @Test func whatNeverReachedACommitHasNotRun() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let invalid = Drafts.append([
            MutationDraft(entries: [], subject: Drafts.Person("ada").subject)
        ])
        await #expect { try await ledger.append(invalid) } throws: {
            ($0 as? LedgerStoreError)?.mayHaveRun == false
        }
        await ledger.close()
    }

    private static func decided(_ position: Int, _ outcome: String) -> DecidedMutation {
        DecidedMutation(
            position: position, outcome: outcome, idempotency: Drafts.tag("d\(position)"))
    }

    @Test func theAuditEntryTellsOfEveryMutationAtItsPlace() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let taken = Drafts.Person("eve")
        _ = try await ledger.appendOne(Drafts.create(taken))
        var request = try Drafts.append([
            Drafts.create(Drafts.Person("ada"), key: Drafts.tag("a")),
            Drafts.create(taken, key: Drafts.tag("e")),
        ])
        request.audit.decided = [
            Self.decided(0, "MALFORMED_JSON"), Self.decided(2, "REPLAYED"),
            Self.decided(3, "DUPLICATE_EMAIL"),
        ]
        let result = try await ledger.append(request)
        #expect(result.mutations.count == 2)
        let payload = try ledger.entry(at: result.auditIndex).payload
        let audit = try EventCoding.decode(AuditEvent.self, from: payload)
        #expect(
            audit.mutations.map(\.outcome) == [
                "MALFORMED_JSON", "APPENDED", "REPLAYED", "DUPLICATE_EMAIL", "CONFLICT",
            ])
        #expect(
            audit.mutations.map(\.idempotencyKey)
                == ["d0", "a", "d2", "d3", "e"].map { Drafts.tag($0).key.hex })
        // The extents still add up: a restart finds the original under its key.
        await ledger.close()
        let reopened = try await fixture.open()
        let again = try await reopened.appendOne(
            Drafts.create(Drafts.Person("ada"), key: Drafts.tag("a")))
        #expect(again.replayed)
        await reopened.close()
        try await fixture.check()
    }

    @Test(arguments: [
        [decided(1, "REFUSED")], [decided(-1, "REFUSED")],
        [decided(0, "REFUSED"), decided(0, "REFUSED")],
        [decided(1, "REFUSED"), decided(0, "REFUSED")], [decided(0, "APPENDED")],
        [decided(0, "refused")], [decided(0, "")], [decided(0, String(repeating: "A", count: 65))],
    ])
    func aGatewayCannotMakeTheTrailSayWhatItCannotMean(decided: [DecidedMutation]) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var request = Drafts.append([])
        request.audit.decided = decided
        await #expect { try await ledger.append(request) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        #expect(ledger.signedSize == 2)
        await ledger.close()
    }
}
