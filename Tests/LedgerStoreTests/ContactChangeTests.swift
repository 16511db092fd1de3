import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct ContactChangeTests {
    @Test func anUpdateReplacesAddressAndNameAndFreesTheOldAddress() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        _ = try await ledger.appendOne(Drafts.create(ada))
        _ = try await ledger.appendOne(Drafts.create(bob))
        let before = try #require(try ledger.contact(id: ada.id))
        let new = Drafts.digest("email new")
        let receipt = try await ledger.appendOne(
            Drafts.update(ada, email: new, name: nil, expectedVersion: before.head.version))
        let after = try #require(try ledger.contact(id: ada.id))
        #expect(after.email.ciphertext == new.data && after.fullName == nil)
        #expect(after.head.version == receipt.index && after.created == before.created)
        #expect(try ledger.contact(unique: UniqueValue(index: "email", value: new)) == after)
        #expect(try ledger.contact(unique: Drafts.unique(ada)) == nil)
        // Whoever comes next may have it.
        let next = Drafts.Person(sameEmailAs: ada)
        #expect(try await ledger.refusal(Drafts.create(next)) == nil)
        await ledger.close()
        // And so it is when everything is made again out of the entries.
        let dump = try ProjectionDump.lines(fixture.projectionsPath)
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == dump)
        try await fixture.check()
    }

    @Test func anUpdateThatMayNotBeIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        _ = try await ledger.appendOne(Drafts.create(ada))
        _ = try await ledger.appendOne(Drafts.create(bob))
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        #expect(
            try await ledger.refusal(Drafts.update(ada, expectedVersion: version - 1)) == .stale)
        #expect(try await ledger.refusal(Drafts.update(ada, email: bob.email)) == .conflict)
        #expect(try await ledger.refusal(Drafts.update(ada, id: bob.id)) == .invalid)
        #expect(try await ledger.refusal(Drafts.update(Drafts.Person("nobody"))) == .notFound)
        // Its own address it may keep.
        #expect(try await ledger.refusal(Drafts.update(ada)) == nil)
        for change in [
            { (draft: inout MutationDraft) in draft.unique = [] },
            { $0.contactID = nil },
            { $0.entries += $0.entries },
        ] {
            var draft = try Drafts.update(ada)
            change(&draft)
            await #expect(throws: LedgerStoreError.self) {
                _ = try await ledger.append(Drafts.append([draft]))
            }
        }
        await ledger.close()
    }

    /// All of one group: the second is decided on what the first did.
    @Test func writersOfOneVersionAreNotBothTaken() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let drafts = try (0..<8).map { number in
            try Drafts.update(
                ada, email: Drafts.digest("email \(number)"), expectedVersion: version)
        }
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for draft in drafts {
                group.addTask {
                    let result = try await ledger.append(Drafts.append([draft]))
                    if case .receipt? = result.mutations.first { return true }
                    return false
                }
            }
            var taken = 0
            for try await isTaken in group where isTaken { taken += 1 }
            return taken
        }
        #expect(outcomes == 1)
        let page = try ledger.history(
            of: ada.id, from: 0, until: nil, .values, limit: 100, for: .default)
        #expect(page.rows.count == 2)
        await ledger.close()
    }

    @Test func aConsentIsRevokedOnce() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        _ = try await ledger.appendOne(Drafts.create(ada))
        _ = try await ledger.appendOne(Drafts.create(bob))
        var terms = ConsentTerms()
        terms.noticeRef = "notice-7"
        terms.collectionMethod = .phone
        var consent = Drafts.consent()
        consent.terms = terms
        consent.evidenceRef = try Drafts.sealed(Data("call of 3 May".utf8))
        _ = try await ledger.appendOne(Drafts.grant(ada, consent))
        #expect(try await ledger.refusal(Drafts.revoke(bob, consent.consentId)) == .notFound)
        #expect(try await ledger.refusal(Drafts.revoke(ada, Drafts.uuid())) == .notFound)
        // Both in one append: the second finds what the first did.
        let result = try await ledger.append(
            Drafts.append([
                Drafts.revoke(ada, consent.consentId), Drafts.revoke(ada, consent.consentId),
            ]))
        guard case .receipt? = result.mutations.first,
            case .refused(let error)? = result.mutations.last
        else { throw Ledger.Refused(result.mutations) }
        #expect(error.code == .notFound)
        #expect(try await ledger.refusal(Drafts.revoke(ada, consent.consentId)) == .notFound)
        let record = try #require(try ledger.contact(id: ada.id)?.consents.last)
        #expect(record.revokedAt == "2026-06-01T00:00:00.000000Z" && record.terms == terms)
        #expect(record.evidence == consent.evidenceRef && record.label == "s1/i1")
        await ledger.close()
    }
}
