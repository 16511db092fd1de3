import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// What came from a source, as each clearance sees it.
@Suite(.timeLimit(.minutes(2))) struct SourceTests {
    /// Drafts name one source, `crm-1`.
    private func contacts(
        _ ledger: Ledger, limit: Int = 100, clearance: Clearance = .default
    ) throws -> [ContactID] {
        var found: [ContactID] = []
        var below: UInt64?
        repeat {
            let page = try ledger.records(
                from: "crm-1", below: below, limit: limit, for: clearance)
            for row in page.rows {
                let header = try EntryHeader(canonical: row.entry.header)
                #expect(header.subject == row.contact.subject)
                #expect(header.type == ProvenanceRecorded.type)
                found.append(row.contact.contactID)
            }
            below = page.next
        } while below != nil && found.count < 1_000
        return found
    }

    @Test func theNewestComesFirstPageByPage() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<7).map { Drafts.Person("p\($0)") }
        for person in people {
            _ = try await ledger.append(Drafts.append([Drafts.create(person, attributes: 2)]))
        }
        _ = try await ledger.append(Drafts.append([Drafts.enrich(people[0])]))
        let expected = [people[0].id] + people.reversed().map(\.id)
        for limit in [1, 2, 7, 8, 100] {
            #expect(try contacts(ledger, limit: limit) == expected)
        }
        let none = try ledger.records(from: "crm", below: nil, limit: 1, for: .default)
        #expect(none.rows.isEmpty && none.next == nil)
        #expect(throws: LedgerStoreError.self) {
            try ledger.records(from: "crm-1", below: nil, limit: 101, for: .default)
        }
        await ledger.close()
    }

    @Test func hiddenAndErasedContactsAreNotThereAndARebuildSaysTheSame() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let wide = LedgerActor(id: "wide", clearance: try Clearance("s0/i2-s3:c7/i0"))
        let (ada, ben, cleo) = (
            Drafts.Person("ada"), Drafts.Person("ben"), Drafts.Person("cleo")
        )
        _ = try await ledger.append(
            Drafts.append([
                Drafts.create(ada, attributes: 1), Drafts.create(ben, attributes: 1),
                Drafts.create(cleo, attributes: 1),
            ]))
        #expect(try contacts(ledger) == [cleo.id, ben.id, ada.id])
        _ = try await ledger.append(
            Drafts.append([try Drafts.enrich(ada, ["phone"], label: "s3:c7/i1")], by: wide))
        #expect(try contacts(ledger) == [cleo.id, ben.id])
        #expect(try contacts(ledger, limit: 1) == [cleo.id, ben.id])
        _ = try await ledger.erase(ben, by: fixture.signer)
        #expect(try contacts(ledger) == [cleo.id])
        let all = try contacts(ledger, clearance: wide.clearance)
        #expect(all == [ada.id, cleo.id, ada.id])
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        await ledger.close()
        try FileManager.default.removeItem(atPath: fixture.root + "/views")
        try FileManager.default.createDirectory(
            atPath: fixture.root + "/views", withIntermediateDirectories: true)
        ledger = try await fixture.open()
        #expect(try contacts(ledger) == [cleo.id])
        #expect(try contacts(ledger, clearance: wide.clearance) == all)
        await ledger.close()
    }
}
