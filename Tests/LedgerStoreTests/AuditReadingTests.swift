import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct AuditReadingTests {
    private static let cleared = Clearance(.audit)

    private func read(
        _ action: String, by actor: String, about person: Drafts.Person? = nil,
        outcome: AuditOutcome = .allowed, clearance: Clearance = .default, _ ledger: Ledger
    ) async throws {
        _ = try await ledger.append(
            AppendRequest(
                actor: LedgerActor(id: actor, clearance: clearance), mutations: [],
                audit: AuditDraft(
                    category: .dataAccess, action: action, resourceType: "contact",
                    subject: person?.subject, outcome: outcome, requestID: "r")))
    }

    private func found(
        _ ledger: Ledger, about contact: ContactID? = nil, below: UInt64? = nil, limit: Int = 100,
        clearance: Clearance = cleared, _ change: (inout AuditFilter) -> Void = { _ in }
    ) throws -> (actions: [String], next: UInt64?) {
        var filter = AuditFilter()
        change(&filter)
        let page = try ledger.audits(
            filter, about: contact, below: below, limit: limit, for: clearance)
        let actions = try page.rows.map { row in
            try EventCoding.decode(AuditEvent.self, from: row.entry.payload).action
        }
        return (actions, page.next)
    }

    /// Of one entry about several, each of them finds it, and nobody else.
    @Test func anEntryAboutSeveralIsFoundForEach() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = ["ada", "bob", "eve"].map { Drafts.Person($0) }
        for person in people { _ = try await ledger.append(Drafts.append([Drafts.create(person)])) }
        func append(_ subject: SubjectTag?, _ subjects: [SubjectTag]) async throws {
            _ = try await ledger.append(
                AppendRequest(
                    actor: "crm", mutations: [],
                    audit: AuditDraft(
                        category: .dataAccess, action: "contact.find", resourceType: "contact",
                        subject: subject, subjects: subjects, requestID: "r")))
        }
        try await append(nil, people.prefix(2).map(\.subject))
        for (person, expected) in zip(people, [2, 2, 1]) {
            #expect(try found(ledger, about: person.id).actions.count == expected)
        }
        let tags = people.map(\.subject)
        for (subject, subjects) in [
            (tags[0], [tags[1]]), (nil, [tags[0], tags[0]]),
            (nil, (0...AuditDraft.mostSubjects).map { _ in SubjectTag.random() }),
        ] {
            await #expect(throws: LedgerStoreError.self) { try await append(subject, subjects) }
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func everyFilterHasItsSay() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.append(Drafts.append([Drafts.create(ada)]))
        try await read("contact.read", by: "crm", about: ada, ledger)
        fixture.clock.advance(seconds: 60)
        let noon = fixture.clock.now()
        try await read("contact.find", by: "crm", outcome: .denied, ledger)
        try await read("contact.read", by: "mail", about: ada, ledger)
        let all = ["contact.read", "contact.find", "contact.read", "contact.create"]
        #expect(try found(ledger).actions == all)
        #expect(try found(ledger).next == nil)
        #expect(try found(ledger) { $0.principal = "crm" }.actions == [all[1], all[2]])
        #expect(try found(ledger) { $0.action = "contact.find" }.actions == [all[1]])
        #expect(try found(ledger) { $0.outcome = .denied }.actions == [all[1]])
        #expect(try found(ledger) { $0.category = .dataMutation }.actions == [all[3]])
        #expect(try found(ledger) { $0.from = noon }.actions == [all[0], all[1]])
        #expect(try found(ledger) { $0.until = noon }.actions == [all[2], all[3]])
        #expect(try found(ledger, about: ada.id).actions == [all[0], all[2], all[3]])
        #expect(try found(ledger, about: ada.id) { $0.principal = "mail" }.actions == [all[0]])
        #expect(try found(ledger, about: Drafts.contactID()).actions.isEmpty)
        #expect(try found(ledger) { $0.principal = "crm' OR 1=1 --" }.actions.isEmpty)
        await ledger.close()
    }

    /// What the caller is not cleared for is not there, and nobody learns of it by a contact's id.
    @Test func labelsAndContactsAboveTheClearanceAreNotThere() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let secret = Drafts.Person("secret")
        let wide = try Clearance("s3:c7/i1")
        let draft = try Drafts.create(secret, label: "s3:c7/i1")
        let actor = LedgerActor(id: "wide", clearance: wide)
        _ = try await ledger.append(Drafts.append([draft], by: actor))
        try await read("contact.read", by: "wide", about: secret, clearance: wide, ledger)
        try await read("contact.find", by: "crm", ledger)
        #expect(try found(ledger).actions == ["contact.find"])
        #expect(try found(ledger, clearance: .default).actions.isEmpty)
        #expect(try found(ledger, about: secret.id).actions.isEmpty)
        let above = try Clearance("s3:c7,c1023/i1")
        #expect(try found(ledger, about: secret.id, clearance: above).actions.count == 2)
        await ledger.close()
    }

    /// Neither does a cursor tell that something was there: nothing found is nothing found, whatever is hidden.
    @Test func whatIsHiddenMovesNoCursor() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.auditSpan = 16 }
        let wide = try Clearance("s3:c7/i1")
        for number in 0..<40 {
            let isHidden = number.isMultiple(of: 2)
            try await read(
                isHidden ? "hidden.act" : "open.act", by: "p",
                clearance: isHidden ? wide : .default, ledger)
        }
        for limit in [1, 2, 100] {
            var (hidden, none): (UInt64?, UInt64?)
            repeat {
                let page = try found(ledger, below: hidden, limit: limit) {
                    $0.action = "hidden.act"
                }
                let nothing = try found(ledger, below: none, limit: limit) {
                    $0.action = "no.act"
                }
                #expect(page.actions.isEmpty && page.next == nothing.next)
                (hidden, none) = (page.next, nothing.next)
            } while hidden != nil
        }
        let above = try Clearance("s3:c7,c1023/i1")
        let seen = try found(ledger, limit: 1, clearance: above) { $0.action = "hidden.act" }
        #expect(seen.actions == ["hidden.act"])
        await ledger.close()
    }

    /// Its audit entry names no contact, and still tells of each.
    @Test func aContactsTrailHasAppendsOfSeveralContacts() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = ["ada", "ben", "cleo"].map { Drafts.Person($0) }
        _ = try await ledger.append(Drafts.append(people.map { try Drafts.create($0) }))
        try await read("contact.find", by: "crm", ledger)
        _ = try await ledger.append(
            Drafts.append([try Drafts.enrich(people[0]), try Drafts.enrich(people[2])]))
        try await read("contact.read", by: "crm", about: people[1], ledger)
        #expect(
            try found(ledger, about: people[0].id).actions == ["contact.create", "contact.create"])
        #expect(
            try found(ledger, about: people[1].id).actions == ["contact.read", "contact.create"])
        let page = try ledger.audits(
            AuditFilter(), about: people[2].id, below: nil, limit: 9, for: Self.cleared)
        #expect(page.rows.count == 2 && page.subject == people[2].subject)
        await ledger.close()
    }

    @Test func fewLookAtOneTime() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.auditScans = 0 }
        #expect {
            try found(ledger)
        } throws: {
            ($0 as? LedgerStoreError)?.code == .overloaded
        }
        await ledger.close()
    }

    @Test func pagesFollowOneAnotherWithoutAGap() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open {
            $0.limits.auditSpan = 7
            $0.limits.auditBytes = 2_000
        }
        for number in 0..<40 {
            try await read("act.\(number)", by: number.isMultiple(of: 3) ? "a" : "b", ledger)
        }
        for limit in [1, 2, 3, 100] {
            for principal in ["a", "b", nil, "nobody"] {
                var actions: [String] = []
                var next: UInt64?
                var pages = 0
                repeat {
                    let page = try found(ledger, below: next, limit: limit) {
                        $0.principal = principal
                    }
                    actions += page.actions
                    next = page.next
                    pages += 1
                } while next != nil && pages < 200
                let expected = (0..<40).reversed().filter { number in
                    principal.map { ($0 == "a") == number.isMultiple(of: 3) && $0 != "nobody" }
                        ?? true
                }
                #expect(actions == expected.map { "act.\($0)" }, "\(limit) \(principal ?? "")")
            }
        }
        for limit in [0, -1, 501] {
            #expect(throws: LedgerStoreError.self) { try found(ledger, limit: limit) }
        }
        await ledger.close()
    }

    @Test func aRebuildFindsTheSame() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.append(Drafts.append([Drafts.create(ada)]))
        try await read("contact.read", by: "crm", about: ada, ledger)
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        try await read("contact.find", by: "crm", ledger)
        let before = try found(ledger).actions
        #expect(before.count == 4)
        await ledger.close()
        try FileManager.default.removeItem(atPath: fixture.root + "/views")
        try FileManager.default.createDirectory(
            atPath: fixture.root + "/views", withIntermediateDirectories: true)
        ledger = try await fixture.open()
        #expect(try found(ledger).actions == before)
        #expect(try found(ledger, about: ada.id).actions == ["contact.read", "contact.create"])
        await ledger.close()
    }
}
