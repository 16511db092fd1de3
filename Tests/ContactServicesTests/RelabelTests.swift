import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

@Suite struct RelabelTests {
    let fixture = Fixture()
    static let wide = "s0/i2-s3:c0.c9/i0"

    private func relabel(
        _ id: EntityID, to label: String, clearance: String = wide, key: String? = nil
    ) async throws -> MutationOutcome {
        let service = RelabelService(ledger: fixture.ledger, keeper: fixture.keeper)
        let command = RelabelCommand(
            contact: id, label: try SecurityLabel(label), reason: try RelabelReason("case 7"),
            idempotency: try key.map { try Fixture.key($0, digest: label) })
        let authorized = try await fixture.authorized(
            .relabelContact, role: .dpo, purposes: [], clearance: clearance)
        return try await service.relabel(
            authorized.validated { () throws(ServiceError) in command })
    }

    @Test func theKeeperSealsAndOneEntryIsAppendedForTheVersionRead() async throws {
        let created = try await fixture.create("jane@example.com", attributes: 2, name: "Jane")
        let before = (fixture.ledgerCalls.count, fixture.keeperCalls.count)
        let outcome = try await relabel(created.contactID, to: "s2:c3/i2")
        #expect(Array(fixture.ledgerCalls.dropFirst(before.0)) == ["readContact", "append"])
        #expect(Array(fixture.keeperCalls.dropFirst(before.1)) == ["relabel"])
        #expect(outcome.contactID == created.contactID)
        guard case .relabel(let asked)? = fixture.keeper.calls.last else {
            Issue.record("\(fixture.keeperCalls)")
            return
        }
        #expect(asked.label == "s2:c3/i2" && asked.items.count == 4)
        #expect(asked.credential == Data("dpo|\(Self.wide)".utf8))
        let append = try #require(fixture.ledger.appends.last)
        let mutation = try #require(append.mutations.first)
        #expect(mutation.entries.map(\.type) == ["ContactRelabelled"])
        #expect(mutation.entries.map(\.label) == ["s2:c3/i2"])
        #expect(mutation.hasExpectedVersion && !mutation.createsSubject && mutation.unique.isEmpty)
        let event = try EventCoding.decode(
            ContactRelabelled.self, from: try #require(mutation.entries.first).payload)
        #expect(event.fromLabel == "s1/i1" && event.reason == "case 7")
        #expect(event.attributes.count == 2 && event.fullName != nil)
        #expect(append.audit.action == "contact.relabel" && append.audit.outcome == "ALLOWED")
        #expect(append.audit.category == "DATA_MUTATION")
        #expect(append.audit.subject == mutation.subject)
        #expect(append.context.policyIds == ["dpo.contacts"])
        #expect(mutation.introduction == FakeKeeper.introduction(mutation.subject))
    }

    @Test(
        arguments: [
            ("s2/i1", wide, nil), ("s1/i2", wide, nil), ("s1/i1;noforn", "s0/i2-s1/i1;noforn", nil),
            ("s1/i1", wide, .conflict), ("s0/i1", wide, .labelLowered),
            ("s1/i0", wide, .labelLowered), ("s2/i0", wide, .labelLowered),
            ("s0/i2", wide, .labelLowered), ("s2/i1", "s1/i1", .forbidden),
            ("s1/i2", "s1/i1-s2/i1", .forbidden), ("s3:c3/i1", "s2/i2-s3:c3/i0", .forbidden),
            ("s2/i1", "s1/i2", .notFound), ("s2/i1", "s0/i1", .notFound),
        ] as [(String, String, ServiceError.Code?)])
    func directionsAndRangesAreDecidedBeforeTheKeeperIsAsked(
        label: String, clearance: String, expected: ServiceError.Code?
    ) async throws {
        let created = try await fixture.create("jane@example.com")
        let refusal = await code {
            try await relabel(created.contactID, to: label, clearance: clearance)
        }
        #expect(refusal == expected)
        #expect(fixture.keeperCalls.contains("relabel") == (expected == nil))
    }

    /// A contact above the clearance, to the ledger, is none: the same calls as for one that never was.
    @Test func anUnknownContactIsNotFound() async throws {
        #expect(await code { try await relabel(.random(), to: "s2/i1") } == .notFound)
        #expect(fixture.ledgerCalls == ["readContact"] && fixture.keeperCalls.isEmpty)
    }

    @Test func aChangeInBetweenIsAConflict() async throws {
        let created = try await fixture.create("jane@example.com", attributes: 1)
        let attributes = try Fixture.draft("a@b.example", attributes: 1).attributes
        let (fixture, id) = (fixture, created.contactID)
        let authorized = try await fixture.authorized(.applyMutations)
        fixture.ledger.onAppend {
            fixture.ledger.onAppend(nil)
            let command = MutationCommand(
                operation: .addAttributes(.contact(id), attributes), idempotency: nil)
            _ = try? await fixture.contacts.apply(
                authorized.validated { () throws(ServiceError) in command })
        }
        do {
            _ = try await relabel(id, to: "s2/i1")
            Issue.record("it was done")
        } catch let error as ServiceError {
            #expect(error.code == .conflict && error.isAudited)
        }
        #expect(await code { try await relabel(id, to: "s2/i1") } == nil)
    }

    @Test func aRepeatedRequestIsAnsweredOfWhatItDid() async throws {
        let created = try await fixture.create("jane@example.com")
        let first = try await relabel(created.contactID, to: "s2/i1", key: "k")
        let again = try await relabel(created.contactID, to: "s2/i1", key: "k")
        #expect(!first.replayed && again.replayed && first.receipt == again.receipt)
        #expect(fixture.keeperCalls.filter { $0 == "relabel" }.count == 1)
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.context.policyIds == ["dpo.contacts"])
        let audit = append.audit
        #expect(audit.action == "contact.relabel" && audit.decided.map(\.outcome) == ["REPLAYED"])
        let other = await code {
            try await relabel(created.contactID, to: "s3/i1", key: "k")
        }
        #expect(other == .idempotencyMismatch)
    }

    @Test func aLostReplyLeavesTheOutcomeOpen() async throws {
        let created = try await fixture.create("jane@example.com")
        fixture.ledger.fail("append", .noReply)
        let refusal = await code { try await relabel(created.contactID, to: "s2/i1") }
        #expect(refusal == .outcomeUnknown)
        fixture.ledger.fail("append", nil)
        fixture.keeper.fail(.unavailable)
        let away = await code { try await relabel(created.contactID, to: "s2/i1") }
        #expect(away == .keeperUnavailable)
    }
}
