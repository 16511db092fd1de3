import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

@Suite struct WritePathTests {
    let fixture = Fixture()

    @Test func aCreateAsksBeforeItDrawsAKeyAndEndsInOneAppend() async throws {
        let outcome = try await fixture.create("jane@example.com", attributes: 3, name: "Jane")
        #expect(fixture.ledgerCalls == ["prepare", "append"])
        #expect(fixture.keeperCalls == ["derive", "encrypt"])
        #expect(outcome.replayed == false)
        let append = try #require(fixture.ledger.appends.first)
        let mutation = try #require(append.mutations.first)
        #expect(
            mutation.entries.map(\.type) == [
                "ContactCreated", "ConsentGranted", "ProvenanceRecorded", "ProvenanceRecorded",
                "AttributeEnriched", "AttributeEnriched", "AttributeEnriched",
            ])
        #expect(mutation.entries.allSatisfy { $0.label == "s1/i1" })
        #expect(mutation.createsSubject && mutation.subject.count == 16)
        #expect(mutation.contactID == Data(outcome.contactID.bytes))
        #expect(mutation.unique.map(\.value) == [FakeKeeper.indexValue("jane@example.com")])
        #expect(append.audit.subject == mutation.subject)
        #expect(append.audit.outcome == "ALLOWED" && append.audit.reason.isEmpty)
        #expect(append.audit.action == "contact.create" && append.audit.purpose == "sales")
        #expect(append.audit.requestID == "request-1")
        #expect(append.credential == Data("enrichment-platform".utf8))
    }

    @Test func provenanceNamesTheAttributesOfItsSource() async throws {
        try await fixture.create("jane@example.com", attributes: 3)
        let entries = try #require(fixture.ledger.appends.first?.mutations.first?.entries)
        let records = try entries.filter { $0.type == "ProvenanceRecorded" }
            .map { try EventCoding.decode(ProvenanceRecorded.self, from: $0.payload) }
        let attributes = try entries.filter { $0.type == "AttributeEnriched" }
            .map { try EventCoding.decode(AttributeEnriched.self, from: $0.payload) }
        for record in records {
            #expect(
                record.attributes
                    == attributes.filter { $0.provenanceId == record.provenanceId }.map(
                        \.attributeId))
        }
        #expect(records.map(\.attributes.count) == [2, 1])
        #expect(records.map(\.sourceIdentity) == ["crm-main", nil])
    }

    @Test func noPlaintextReachesTheLedger() async throws {
        try await fixture.create("very.secret@example.com", attributes: 2, name: "Secret Person")
        for append in fixture.ledger.appends {
            let bytes: Data = try append.serializedBytes()
            let parts = [bytes] + append.mutations.flatMap(\.entries).flatMap { Self.decoded($0) }
            for needle in ["very.secret", "Secret Person", "value 0"] {
                #expect(parts.allSatisfy { $0.range(of: Data(needle.utf8)) == nil })
            }
            // What is looked for would be found: the ciphertexts of the fake keeper are the texts inverted.
            #expect(parts.contains(FakeKeeper.invert(Data("very.secret@example.com".utf8))))
        }
    }

    /// Every string of a payload that is base64, as bytes.
    private static func decoded(_ entry: WireEntryDraft) -> [Data] {
        String(decoding: entry.payload, as: UTF8.self).split(separator: "\"")
            .compactMap { Data(base64Encoded: String($0)) }
    }

    @Test func aDuplicateEmailDrawsNoKeysAndIsAuditedAsRefused() async throws {
        try await fixture.create("jane@example.com")
        let subjects = fixture.keeper.subjects
        #expect(await code { try await fixture.create("JANE@example.com") } == .duplicateEmail)
        #expect(fixture.keeper.subjects == subjects)
        #expect(fixture.keeperCalls == ["derive", "encrypt", "derive"])
        let refusal = try #require(fixture.ledger.appends.last)
        #expect(refusal.mutations.isEmpty)
        #expect(refusal.audit.outcome == "REFUSED" && refusal.audit.reason == "duplicate-email")
        #expect(refusal.audit.subject.isEmpty)
        #expect(refusal.audit.decided.map(\.outcome) == ["DUPLICATE_EMAIL"])
    }

    @Test func theSameKeyAndRequestGiveTheOriginalReceipt() async throws {
        let first = try await fixture.create("jane@example.com", key: "k")
        let again = try await fixture.create("jane@example.com", key: "k")
        #expect(
            again.replayed && again.contactID == first.contactID && again.receipt == first.receipt)
        #expect(fixture.keeperCalls == ["derive", "encrypt", "derive"])
        let audit = try #require(fixture.ledger.appends.last)
        #expect(audit.mutations.isEmpty && audit.audit.outcome == "ALLOWED")
    }

    @Test func theSameKeyForAnotherRequestIsRefused() async throws {
        try await fixture.create("jane@example.com", key: "k")
        #expect(
            await code { try await fixture.create("joe@example.com", key: "k", digest: "other") }
                == .idempotencyMismatch)
        #expect(fixture.ledger.appends.last?.audit.reason == "idempotency-mismatch")
    }

    @Test func aLostReplyLeavesTheOutcomeOpen() async throws {
        fixture.ledger.fail("append", .noReply)
        #expect(await code { try await fixture.create("jane@example.com") } == .outcomeUnknown)
    }

    /// The ledger fails behind its commit point: the keeper cannot sign, say, and the ledger is stopping.
    @Test func aFailureBehindTheCommitPointLeavesTheOutcomeOpen() async throws {
        fixture.ledger.fault("append", .unavailable, mayHaveRun: true)
        #expect(await code { try await fixture.create("jane@example.com") } == .outcomeUnknown)
        fixture.ledger.fault("append", .unavailable)
        #expect(await code { try await fixture.create("jane@example.com") } == .ledgerUnavailable)
    }

    @Test(arguments: [
        (PortError.unavailable, ServiceError.Code.ledgerUnavailable), (.overloaded, .overloaded),
    ])
    func anAppendThatNeverLeftIsPlainUnavailability(
        error: PortError, expected: ServiceError.Code
    ) async {
        fixture.ledger.fail("append", error)
        #expect(await code { try await fixture.create("jane@example.com") } == expected)
    }

    @Test func withoutTheKeeperNothingIsAppendedButTheAuditEntry() async throws {
        fixture.keeper.fail(.unavailable)
        #expect(await code { try await fixture.create("jane@example.com") } == .keeperUnavailable)
        #expect(fixture.ledgerCalls == ["append"])
        let append = try #require(fixture.ledger.appends.first)
        #expect(append.mutations.isEmpty)
        #expect(append.audit.outcome == "FAILED" && append.audit.reason == "keeper-unavailable")
    }

    @Test func aRefusalThatCannotBeRecordedIsNotTold() async throws {
        try await fixture.create("jane@example.com")
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await fixture.create("jane@example.com") } == .ledgerUnavailable)
    }

    @Test(arguments: [
        (WireFault.Code.unauthenticated, ServiceError.Code.unauthenticated),
        (.forbidden, .forbidden), (.overloaded, .overloaded), (.unavailable, .ledgerUnavailable),
        (.internal, .internalError), (.invalid, .internalError), (.equivocation, .internalError),
    ])
    func everyFaultOfTheLedgerHasACode(fault: WireFault.Code, expected: ServiceError.Code) async {
        fixture.ledger.fault("append", fault)
        #expect(await code { try await fixture.create("jane@example.com") } == expected)
    }

    @Test func tagsAndIdsAreFreshEveryTime() async throws {
        for index in 0..<50 { try await fixture.create("p\(index)@example.com") }
        let mutations = fixture.ledger.appends.flatMap(\.mutations)
        #expect(Set(mutations.map(\.subject)).count == 50)
        #expect(Set(mutations.map(\.contactID)).count == 50)
    }
}
