import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// Whom data was given to, as each clearance sees it.
@Suite(.timeLimit(.minutes(2))) struct SharingTests {
    private static func record(
        _ person: Drafts.Person, with recipient: String, id: String = Drafts.uuid(),
        label: String = "s1/i1"
    ) throws -> MutationDraft {
        let event = SharingRecorded(
            attributes: ["email"], expiresAt: nil, legalBasis: .consent, purpose: "sales",
            recipientId: recipient, recipientName: try Drafts.sealed(Data("name".utf8)),
            sharedAt: "2026-11-27T12:00:00.000000Z", sharingId: id)
        return MutationDraft(
            entries: [try Drafts.entry(.sharing, event, label)], subject: person.subject)
    }

    private static func revoke(_ person: Drafts.Person, _ id: String) throws -> MutationDraft {
        MutationDraft(
            entries: [
                try Drafts.entry(.sharing, SharingRevoked(salt: Salt.random(), sharingId: id))
            ], subject: person.subject)
    }

    private static func code(_ body: () throws -> SharingPage) -> LedgerStoreError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? LedgerStoreError)?.code
        }
    }

    /// All pages, and how many there were.
    private func ids(
        _ ledger: Ledger, with recipient: String, limit: Int = 100,
        clearance: Clearance = .default
    ) throws -> (ids: [String], pages: Int) {
        var (ids, pages): ([String], Int) = ([], 0)
        var below: UInt64?
        repeat {
            let page = try ledger.sharings(
                with: recipient, below: below, limit: limit, for: clearance)
            ids += page.rows.map(\.record.id)
            below = page.next
            pages += 1
        } while below != nil && pages < 100
        return (ids, pages)
    }

    @Test func itIsFoundByContactRecipientAndId() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, ben) = (Drafts.Person("ada"), Drafts.Person("ben"))
        _ = try await ledger.append(Drafts.append([Drafts.create(ada), Drafts.create(ben)]))
        let ids = (0..<3).map { _ in Drafts.uuid() }
        for (person, recipient, id) in [
            (ada, "crm", ids[0]), (ben, "crm", ids[1]), (ada, "mail", ids[2]),
        ] {
            _ = try await ledger.append(
                Drafts.append([try Self.record(person, with: recipient, id: id)]))
        }
        let ofAda = try ledger.sharings(of: ada.id, below: nil, limit: 100, for: .default)
        #expect(ofAda.rows.map(\.record.id) == [ids[2], ids[0]] && ofAda.next == nil)
        #expect(ofAda.contact?.subject == ada.subject)
        #expect(try self.ids(ledger, with: "crm").ids == [ids[1], ids[0]])
        #expect(try self.ids(ledger, with: "cr").ids.isEmpty)
        let one = try ledger.sharing(id: ids[1], for: .default)
        #expect(one.rows.map(\.record.contact.contactID) == [ben.id])
        let row = try #require(one.rows.first)
        #expect(
            try ledger.sharing(at: row.recorded, for: .default).rows.first?.record == row.record)
        let entry = try ledger.entry(at: row.recorded.index)
        #expect(try EntryHeader(canonical: entry.header).type == SharingRecorded.type)
        #expect(Self.code { try ledger.sharing(id: Drafts.uuid(), for: .default) } == .notFound)
        let elsewhere = EntryPlace(generation: 9, index: row.recorded.index)
        #expect(Self.code { try ledger.sharing(at: elsewhere, for: .default) } == .notFound)
        #expect(
            Self.code {
                try ledger.sharings(
                    of: Drafts.contactID(), below: nil, limit: 1, for: .default)
            } == .notFound)
        for limit in [0, 101] {
            #expect(
                Self.code {
                    try ledger.sharings(with: "crm", below: nil, limit: limit, for: .default)
                } == .invalid)
        }
        await ledger.close()
    }

    /// The first of several counts, and nobody revokes what is another contact's.
    @Test func aRevocationIsOfItsContactAndOnce() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, ben) = (Drafts.Person("ada"), Drafts.Person("ben"))
        let id = Drafts.uuid()
        _ = try await ledger.append(
            Drafts.append([
                Drafts.create(ada), Drafts.create(ben), Self.record(ada, with: "crm", id: id),
            ]))
        _ = try await ledger.append(Drafts.append([Self.revoke(ben, id)]))
        #expect(try ledger.sharing(id: id, for: .default).rows.first?.revoked == nil)
        _ = try await ledger.append(Drafts.append([Self.revoke(ada, id)]))
        let revoked = try ledger.sharing(id: id, for: .default).rows.first
        #expect(revoked?.revoked != nil && revoked?.record.revocation?.time.isEmpty == false)
        fixture.clock.advance(seconds: 60)
        _ = try await ledger.append(Drafts.append([Self.revoke(ada, id)]))
        let again = try ledger.sharing(id: id, for: .default).rows.first
        #expect(again?.record.revocation == revoked?.record.revocation)
        await ledger.close()
    }

    @Test func whatIsHiddenTakesNoPlaceInAPage() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let wide = LedgerActor(id: "wide", clearance: try Clearance("s0/i2-s3:c7/i0"))
        var (open, secret): ([String], [String]) = ([], [])
        for number in 0..<12 {
            let isSecret = number.isMultiple(of: 2)
            let label = isSecret ? "s3:c7/i1" : number == 3 ? "s0/i1" : "s1/i1"
            let person = Drafts.Person("p\(number)")
            let id = Drafts.uuid()
            _ = try await ledger.append(
                Drafts.append(
                    [
                        Drafts.create(person, label: label),
                        Self.record(person, with: "crm", id: id, label: label),
                    ], by: wide))
            if isSecret { secret.append(id) } else { open.append(id) }
            guard isSecret else { continue }
            #expect(
                Self.code {
                    try ledger.sharings(of: person.id, below: nil, limit: 1, for: .default)
                } == .notFound)
            #expect(Self.code { try ledger.sharing(id: id, for: .default) } == .notFound)
        }
        for limit in [1, 2, 3, 6, 100] {
            let seen = try ids(ledger, with: "crm", limit: limit)
            #expect(seen.ids == open.reversed() && seen.pages == (6 + limit - 1) / limit)
            let all = try ids(ledger, with: "crm", limit: limit, clearance: wide.clearance)
            #expect(all.ids.count == 12 && all.pages == (12 + limit - 1) / limit)
            #expect(Set(all.ids) == Set(open + secret))
        }
        await ledger.close()
    }

    @Test func aRaisedContactTakesItsSharingsWithIt() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, ben) = (Drafts.Person("ada"), Drafts.Person("ben"))
        let wide = LedgerActor(id: "wide", clearance: try Clearance("s0/i2-s3:c7/i0"))
        _ = try await ledger.append(
            Drafts.append([
                Drafts.create(ada), Drafts.create(ben), Self.record(ada, with: "crm"),
                Self.record(ben, with: "crm"),
            ]))
        #expect(try ids(ledger, with: "crm").ids.count == 2)
        // One by a value of another label, the other by a relabel.
        _ = try await ledger.append(
            Drafts.append([try Drafts.enrich(ada, label: "s2/i1")], by: wide))
        #expect(try ids(ledger, with: "crm").ids.count == 1)
        let version = try #require(try ledger.contact(id: ben.id)).head.version
        _ = try await ledger.append(
            Drafts.append(
                [try Drafts.relabel(ben, from: "s1/i1", to: "s1/i2", version: version)], by: wide))
        // The contact is trusted more now, what was shared before is not.
        #expect(try ids(ledger, with: "crm").ids.count == 1)
        #expect(try ids(ledger, with: "crm", clearance: Clearance("s1/i2")).ids.isEmpty)
        #expect(try ids(ledger, with: "crm", clearance: wide.clearance).ids.count == 2)
        await ledger.close()
    }

    @Test func anErasedContactIsInNoListAndARebuildSaysTheSame() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let (ada, ben) = (Drafts.Person("ada"), Drafts.Person("ben"))
        let id = Drafts.uuid()
        _ = try await ledger.append(
            Drafts.append([
                Drafts.create(ada), Drafts.create(ben), Self.record(ada, with: "crm"),
                Self.record(ben, with: "crm", id: id), Self.record(ben, with: "mail"),
                Self.revoke(ben, id),
            ]))
        _ = try await ledger.erase(ada, by: fixture.signer)
        #expect(try ids(ledger, with: "crm").ids == [id])
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        await ledger.close()
        let views = fixture.root + "/views"
        let before = try ProjectionDump.lines(views + "/projections.sqlite")
            .filter { $0.hasPrefix("sharing ") }
        #expect(before.count == 2)
        try FileManager.default.removeItem(atPath: views)
        try FileManager.default.createDirectory(
            atPath: views, withIntermediateDirectories: true)
        ledger = try await fixture.open()
        await ledger.close()
        let after = try ProjectionDump.lines(views + "/projections.sqlite")
            .filter { $0.hasPrefix("sharing ") }
        #expect(after == before)
    }

    @Test func whatIsNoSharingBecomesNoEntry() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.append(Drafts.append([Drafts.create(ada)]))
        let size = ledger.signedSize
        await #expect(throws: LedgerStoreError.self) {
            _ = try await ledger.append(
                Drafts.append([try Self.record(ada, with: "jane@example.com")]))
        }
        #expect(ledger.signedSize == size)
        await ledger.close()
    }
}
