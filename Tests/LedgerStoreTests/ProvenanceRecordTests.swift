import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// What the ledger takes for a provenance record, whoever asks for it.
@Suite(.timeLimit(.minutes(2))) struct ProvenanceRecordTests {
    private static func record(
        _ id: String = Drafts.uuid(), attributes: [String] = [Drafts.uuid()], hash: String? = nil,
        source: String = "crm-1"
    ) throws -> ProvenanceRecorded {
        ProvenanceRecorded(
            attributedData: try hash.map {
                AttributedDataSeal(hash: $0, salt: try Drafts.sealed(Salt.random()))
            },
            attributes: attributes, provenanceId: id, salt: Salt.random(), sourceIdentity: source,
            sourceType: .crm)
    }

    private static func draft(
        _ person: Drafts.Person, _ records: [ProvenanceRecorded]
    ) throws -> MutationDraft {
        MutationDraft(
            entries: try records.map { try Drafts.entry(.provenance, $0) }, subject: person.subject)
    }

    @Test func anIdThatComesAgainHidesNoEntry() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        _ = try await ledger.appendOne(Drafts.create(ada, attributes: 1))
        _ = try await ledger.appendOne(Drafts.create(bob))
        let id = Drafts.uuid()
        _ = try await ledger.appendOne(Self.draft(ada, [Self.record(id)]))
        let forged = try Self.draft(ada, [Self.record(id, source: "crm-2")])
        #expect(try await ledger.refusal(forged) == .conflict)
        // Ids are a contact's own.
        _ = try await ledger.appendOne(Self.draft(bob, [Self.record(id)]))

        // Both in one append: the second finds what the first did. Both in one mutation: it is none.
        let another = Drafts.uuid()
        let result = try await ledger.append(
            Drafts.append([
                Self.draft(ada, [Self.record(another)]), Self.draft(ada, [Self.record(another)]),
            ]))
        guard case .receipt? = result.mutations.first,
            case .refused(let error)? = result.mutations.last
        else { throw Ledger.Refused(result.mutations) }
        #expect(error.code == .conflict)
        let twice = Drafts.uuid()
        let refused = await #expect(throws: LedgerStoreError.self) {
            try await ledger.append(
                Drafts.append([Self.draft(ada, [Self.record(twice), Self.record(twice)])]))
        }
        #expect(refused?.code == .invalid)

        let records = try ledger.records(from: "crm-1", below: nil, limit: 100, for: .default)
        #expect(records.rows.count(where: { $0.contact.contactID == ada.id }) == 3)
        await ledger.close()
    }

    @Test func whatIsNoIdOrHashIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        let hash = String(repeating: "a1", count: 32)
        let bad = [
            try Self.record("p"), try Self.record(Drafts.uuid().uppercased()),
            try Self.record(attributes: ["a"]),
            try Self.record(attributes: (0...64).map { _ in Drafts.uuid() }),
            try Self.record(hash: "ab"), try Self.record(hash: hash.uppercased()),
            try Self.record(hash: String(hash.dropLast()) + "g"),
        ]
        for record in bad {
            let refused = await #expect(throws: LedgerStoreError.self) {
                try await ledger.append(Drafts.append([Self.draft(ada, [record])]))
            }
            #expect(refused?.code == .invalid)
        }
        let good = try Self.record(attributes: (0..<64).map { _ in Drafts.uuid() }, hash: hash)
        _ = try await ledger.appendOne(Self.draft(ada, [good]))
        await ledger.close()
    }
}
