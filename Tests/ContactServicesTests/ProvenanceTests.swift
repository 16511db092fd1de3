import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

@Suite struct ProvenanceTests {
    let fixture = Fixture()

    private var service: ProvenanceService {
        ProvenanceService(ledger: fixture.ledger, keeper: fixture.keeper)
    }

    private func chain(
        _ contact: EntityID, role: Role = .dpo, purposes: [String] = [], from cursor: UInt64? = nil,
        limit: Int = 10
    ) async throws -> ProvenanceView {
        let authorized = try await fixture.authorized(
            .readProvenance, role: role, purposes: purposes)
        let query = ProvenanceQuery(contact: contact, cursor: cursor, limit: limit)
        return try await service.chain(
            authorized.validated { () throws(ServiceError) in query })
    }

    private func document(
        _ contact: EntityID, role: Role = .dpo, purposes: [String] = []
    ) async throws -> (evidence: SubjectEvidence, text: String) {
        let authorized = try await fixture.authorized(
            .verifyProvenance, role: role, purposes: purposes)
        let bytes = try await SubjectProver(ledger: fixture.ledger, keeper: fixture.keeper)
            .document(authorized.validated { () throws(ServiceError) in contact })
        return (try SubjectEvidence(parsing: bytes), String(decoding: bytes, as: UTF8.self))
    }

    @Test func eachSourceIsToldWithWhatCameFromIt() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 3)
        let view = try await chain(jane.contactID)
        #expect(view.records.map(\.sourceType) == [.crm, .dataSubject])
        #expect(view.records.map(\.sourceIdentity) == ["crm-main", nil])
        #expect(view.records.map { $0.attributes.map(\.type) } == [["x-0", "x-2"], ["x-1"]])
        #expect(view.records.map(\.version) == [1, 2])
        #expect(view.records[0].previous == nil)
        #expect(view.records[1].previous?.leafHash == view.records[0].leafHash)
        #expect(view.next == nil && !view.isPartial)
        #expect(fixture.ledger.appends.last?.audit.action == "provenance.read")
        #expect(fixture.ledger.appends.last?.audit.subject == jane.subject)
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await chain(jane.contactID) } == .ledgerUnavailable)
    }

    /// By the salt somebody could find a short value that fits: it is personal data as that is.
    @Test func aSaltIsShownForACoveredPurposeAlone() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 2)
        for role in [Role.dpo, .auditor, .enrichmentPlatform] {
            let view = try await chain(jane.contactID, role: role)
            #expect(view.records.allSatisfy { $0.dataSalt == nil && $0.dataHash?.count == 64 })
        }
        #expect(!fixture.keeperCalls.contains("decrypt"))
        #expect(
            await code { try await chain(jane.contactID, purposes: ["marketing"]) }
                == .purposeNotCovered)
        #expect(!fixture.keeperCalls.contains("decrypt"))
        let view = try await chain(jane.contactID, purposes: ["sales"])
        #expect(view.records.map(\.dataSalt?.count) == [16, 16])
        #expect(view.records[0].dataSalt != view.records[1].dataSalt)
    }

    @Test func pagesAreLinkedOverTheirEnds() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 2)
        for _ in 0..<3 {
            let command = MutationCommand(
                operation: .addAttributes(
                    .contact(jane.contactID),
                    try Fixture.draft("a@b.example", attributes: 2).attributes), idempotency: nil)
            let authorized = try await fixture.authorized(.applyMutations)
            _ = try await fixture.contacts.apply(
                authorized.validated { () throws(ServiceError) in command })
        }
        let whole = try await chain(jane.contactID)
        #expect(whole.records.count == 8)
        for limit in [1, 3, 8] {
            var records: [ProvenanceRecordView] = []
            var cursor: UInt64?
            repeat {
                let page = try await chain(jane.contactID, from: cursor, limit: limit)
                records += page.records
                cursor = page.next
            } while cursor != nil && records.count < 100
            #expect(records == whole.records, "\(limit)")
        }
    }

    @Test func aContactThatIsNotThereHasNone() async throws {
        #expect(await code { try await chain(.random()) } == .notFound)
        #expect(await code { try await chain(.random(), purposes: ["sales"]) } == .notFound)
        #expect(await code { try await document(.random()) } == .notFound)
    }

    @Test func theDocumentHoldsWhatItTakesToRedoIt() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 3, name: "Jane")
        let (closed, text) = try await document(jane.contactID, role: .auditor)
        #expect(closed.attributedData.isEmpty && !fixture.keeperCalls.contains("decrypt"))
        let chain = try SubjectChain(closed.entries, of: closed.subject)
        #expect(chain.headers.map(\.type).filter { $0 == "ProvenanceRecorded" }.count == 2)
        #expect(text.contains(#""outcome":"holds""#))
        #expect(fixture.ledger.appends.last?.audit.action == "provenance.verify")

        let (opened, told) = try await document(jane.contactID, purposes: ["sales"])
        #expect(try opened.checkAttributedData() == 2)
        #expect(told.contains(#""attributedData":2"#))
        let first = try #require(opened.attributedData.first)
        #expect(String(decoding: first.data, as: UTF8.self).contains(#""value":"value 0""#))
        #expect(
            await code { try await document(jane.contactID, purposes: ["recruiting"]) }
                == .purposeNotCovered)
    }

    /// An altered value does not fit the hash that stands in the ledger, and the answer says so.
    @Test func aLieIsToldAsOne() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 1)
        let (evidence, _) = try await document(jane.contactID, purposes: ["sales"])
        let data = try #require(evidence.attributedData.first)
        let altered = SubjectEvidence(
            subject: evidence.subject, entries: evidence.entries, heads: nil,
            attributedData: [
                .init(
                    provenanceID: data.provenanceID, salt: data.salt,
                    data: Data(data.data.dropLast() + Data(" }".utf8)))
            ])
        #expect(SubjectProver.checks(altered)["outcome"]?.string == "fails")
        let short = SubjectEvidence(
            subject: evidence.subject, entries: Array(evidence.entries.dropFirst()), heads: nil,
            attributedData: [])
        let checks = SubjectProver.checks(short)
        #expect(checks["outcome"]?.string == "holds" || checks["failure"] != nil)
    }

    @Test func documentsHaveBounds() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 2)
        let authorized = try await fixture.authorized(.verifyProvenance, role: .dpo)
        let slots = Slots(most: 1)
        func make(_ contact: EntityID, most: Int) async throws -> [UInt8] {
            try await SubjectProver(
                ledger: fixture.ledger, keeper: fixture.keeper, slots: slots, most: most
            ).document(authorized.validated { () throws(ServiceError) in contact })
        }
        let whole = try await document(jane.contactID).evidence.entries.reduce(0) {
            $0 + $1.header.count + $1.payload.count + $1.receipt.count
        }
        #expect(await code { try await make(jane.contactID, most: whole) } == nil)
        #expect(await code { try await make(jane.contactID, most: whole - 1) } == .tooLarge)
        #expect(await code { try await make(.random(), most: whole) } == .notFound)
        #expect(slots.take())
        #expect(await code { try await make(jane.contactID, most: whole) } == .overloaded)
        slots.leave()
        #expect(await code { try await make(jane.contactID, most: whole) } == nil)
    }

    /// Whatever took over a gateway once: the entries are evidence all the same.
    @Test func aRecordThatCannotBeRedoneIsPassedOver() async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 2)
        let entries = try await document(jane.contactID).evidence.entries
        let authorized = try await fixture.authorized(
            .verifyProvenance, role: .dpo, purposes: ["sales"])
        let opener = OpenedProvenance(keeper: fixture.keeper)
        let whole = try await opener.data(of: entries, authorized)
        #expect(whole.count == 2)
        let again = try await opener.data(of: entries + entries, authorized)
        #expect(again == whole)
        let attribute = try #require(
            entries.firstIndex {
                (try? EntryHeader(canonical: $0.header))?.type == AttributeEnriched.type
            })
        var rest = entries
        rest.remove(at: attribute)
        let fewer = try await opener.data(of: rest, authorized)
        #expect(fewer.count == 1 && whole.contains(fewer[0]))
    }

    @Test func whatCameFromASourceIsListed() async throws {
        let people = [
            try await fixture.create("jane@example.com", attributes: 1),
            try await fixture.create("joe@example.com", attributes: 1),
        ]
        func list(_ policies: String? = nil) async throws -> SourceView {
            let caller =
                if let policies {
                    try await fixture.authenticated(.auditor, policies: policies)
                } else { try await fixture.authenticated(.auditor) }
            let query = SourceQuery(source: "crm-main", cursor: nil, limit: 10)
            return try await service.records(
                caller.authorized(for: .readProvenance).purposed([])
                    .validated { () throws(ServiceError) in query })
        }
        #expect(try await list().rows.map(\.contact) == people.reversed().map(\.contactID))
        let policies = """
            permit (principal, action, resource);
            forbid (principal, action, resource == Contact::"\(people[0].contactID.text)");
            """
        #expect(try await list(policies).rows.map(\.contact) == [people[1].contactID])
    }
}
