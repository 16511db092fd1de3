import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct SearchTests {
    private static let names = ["Jane Doe", "Jane Roe", "John Doe", "Jane Doe", "Somebody Else"]

    private func filled() async throws -> (LedgerFixture, Ledger, [Drafts.Person]) {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var people: [Drafts.Person] = []
        for (number, name) in Self.names.enumerated() {
            let person = Drafts.Person("person \(number)")
            _ = try await ledger.appendOne(Drafts.create(person, name: name))
            fixture.clock.advance(seconds: 60)
            people.append(person)
        }
        return (fixture, ledger, people)
    }

    /// All pages, and how many there were.
    private func find(
        _ ledger: Ledger, limit: Int = 100, for clearance: Clearance = .default,
        _ change: (inout SearchFilter) -> Void = { _ in }
    ) throws -> (ids: [ContactID], pages: Int) {
        var filter = SearchFilter()
        change(&filter)
        var (ids, pages): ([ContactID], Int) = ([], 0)
        var below: UInt64?
        repeat {
            let page = try ledger.search(filter, below: below, limit: limit, for: clearance)
            #expect(page.contacts.count <= limit)
            ids += page.contacts.map(\.head.contactID)
            below = page.next
            pages += 1
        } while below != nil
        return (ids, pages)
    }

    @Test(
        arguments: [
            ("jane", [3, 1, 0]), ("doe jane", [3, 0]), ("roe", [1]), ("nobody", []),
            ("", [4, 3, 2, 1, 0]),
        ], [1, 2, 100])
    func wordsFindTheNewestFirst(_ expected: (String, [Int]), limit: Int) async throws {
        let (fixture, ledger, people) = try await filled()
        let found = try find(ledger, limit: limit) { $0.words = Drafts.index(expected.0) }
        #expect(found.ids == expected.1.map { people[$0].id })
        await ledger.close()
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let again = try await fixture.open()
        #expect(try find(again) { $0.words = Drafts.index(expected.0) }.ids == found.ids)
        await again.close()
    }

    @Test func aRenamedContactIsFoundByItsNewNameAlone() async throws {
        let (fixture, ledger, people) = try await filled()
        _ = try await ledger.appendOne(Drafts.update(people[0], name: "Jill Doe"))
        _ = try await ledger.appendOne(Drafts.update(people[1], name: nil))
        _ = try await ledger.erase(people[3], by: fixture.signer)
        #expect(try find(ledger) { $0.words = Drafts.index("jane") }.ids.isEmpty)
        #expect(try find(ledger) { $0.words = Drafts.index("jill doe") }.ids == [people[0].id])
        #expect(
            try find(ledger) { $0.words = Drafts.index("doe") }.ids
                == [people[2], people[0]].map(\.id))
        await ledger.close()
    }

    @Test func purposeSourceTimeAndClearanceNarrow() async throws {
        let (_, ledger, people) = try await filled()
        _ = try await ledger.appendOne(Drafts.enrich(people[2], ["x-a"]))
        #expect(try find(ledger) { $0.source = "crm-1" }.ids == [people[2].id])
        #expect(try find(ledger) { $0.source = "crm-2" }.ids.isEmpty)
        let purpose = try PurposeCode("sales_outreach")
        let consent = try #require(try ledger.contact(id: people[1].id)?.consents.first)
        _ = try await ledger.appendOne(Drafts.revoke(people[1], consent.id))
        let covered = try find(ledger) { filter in
            filter.purpose = purpose
            filter.words = Drafts.index("jane")
        }
        #expect(covered.ids == [people[3].id, people[0].id])
        let times = try people.map { person in
            try #require(try ledger.contact(id: person.id).flatMap { LedgerTime($0.createdAt) })
        }
        let between = try find(ledger) { filter in
            filter.from = times[1]
            filter.until = times[3]
        }
        #expect(between.ids == [people[2].id, people[1].id])
        #expect(try find(ledger, for: Clearance("s0/i1")).ids.isEmpty)
        await ledger.close()
    }

    /// Pages and cursors are those of a ledger without what is hidden.
    @Test(arguments: ["jane", ""], [1, 2, 3])
    func whatIsAboveTheClearanceMovesNothing(words: String, limit: Int) async throws {
        var told: [[UInt64?]] = []
        for hides in [false, true] {
            let fixture = try LedgerFixture()
            let ledger = try await fixture.open { $0.limits.searchSpan = 2 }
            for number in 0..<6 {
                let person = Drafts.Person("seen \(number)")
                _ = try await ledger.appendOne(Drafts.create(person, name: "Jane"))
                let other = Drafts.Person("other \(number)")
                let draft = try Drafts.create(
                    other, label: hides ? "s3/i1" : "s1/i1", name: hides ? "Jane" : "Nobody")
                let officer = try RelabellingTests.actor("s0/i2-s3:c0.c9/i0")
                _ = try await RelabellingTests.append(draft, by: officer, ledger)
                if !hides { _ = try await ledger.erase(other, by: fixture.signer) }
                if hides { for _ in 0..<3 { _ = try await ledger.append(Drafts.read()) } }
            }
            var filter = SearchFilter()
            filter.words = Drafts.index(words)
            var (pages, below): ([UInt64?], UInt64?) = ([], nil)
            repeat {
                let page = try ledger.search(filter, below: below, limit: limit, for: .default)
                pages += page.contacts.map { $0.created }
                pages.append(page.next)
                below = page.next
            } while below != nil
            told.append(pages)
            await ledger.close()
        }
        #expect(told[0].count == told[1].count && told[0].compactMap { $0 }.count > 6)
        #expect(told[0] == told[1])
    }

    @Test func aPageLooksAtSoManyAndNoMore() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.searchSpan = 2 }
        let person = Drafts.Person("the one")
        _ = try await ledger.appendOne(Drafts.create(person))
        _ = try await ledger.appendOne(Drafts.enrich(person))
        for number in 0..<7 {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("other \(number)")))
        }
        let found = try find(ledger) { $0.source = "crm-1" }
        #expect(found.ids == [person.id] && found.pages == 5)
        for limit in [0, 101] {
            #expect(throws: LedgerStoreError.self) {
                try ledger.search(SearchFilter(), below: nil, limit: limit, for: .default)
            }
        }
        await ledger.close()
    }
}
