import ContactModel
import Foundation
import LedgerFormat
import Projections
import TestSupport
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(5))) struct HistoryTests {
    private func pages(
        _ ledger: Ledger, _ person: Drafts.Person, limit: Int = 100,
        until: HistoryMoment? = nil, selection: HistorySelection = .everything,
        for clearance: Clearance = .default
    ) throws -> [HistoryPage.Row] {
        var rows: [HistoryPage.Row] = []
        var next: UInt64? = 0
        while let from = next {
            let page = try ledger.history(
                of: person.id, from: from, until: until, selection, limit: limit,
                for: clearance)
            #expect(page.rows.count <= limit)
            rows += page.rows
            next = page.next
        }
        return rows
    }

    private func types(_ rows: [HistoryPage.Row]) throws -> [String] {
        try rows.map { try EntryHeader(canonical: $0.entry.header).type }
    }

    @Test(arguments: [1, 2, 3, 100])
    func aHistoryIsEveryEntryOfTheContactButAudits(limit: Int) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        _ = try await ledger.appendOne(Drafts.create(ada))
        _ = try await ledger.appendOne(Drafts.create(bob))
        _ = try await ledger.appendOne(Drafts.enrich(ada, ["x-a"], value: "old"))
        _ = try await ledger.appendOne(Drafts.enrich(ada, ["x-a"], value: "new"))
        _ = try await ledger.appendOne(Drafts.update(ada))
        let consent = try #require(try ledger.contact(id: ada.id)?.consents.first)
        _ = try await ledger.appendOne(Drafts.revoke(ada, consent.id))
        let all = try pages(ledger, ada, limit: limit)
        #expect(
            try types(all) == [
                "ContactCreated", "ConsentGranted", "ProvenanceRecorded", "AttributeEnriched",
                "ProvenanceRecorded", "AttributeEnriched", "ContactUpdated", "ConsentRevoked",
            ])
        let values = try pages(ledger, ada, limit: limit, selection: .values)
        #expect(
            try types(values) == [
                "ContactCreated", "AttributeEnriched", "AttributeEnriched", "ContactUpdated",
            ])
        // What is not the newest says which entry is newer, and an attribute its source.
        #expect(
            values.map { $0.superseded?.index }
                == [all[6], all[5], nil, nil].map { $0?.entry.index })
        #expect(values.map(\.place.sourceIdentity) == [nil, "crm-1", "crm-1", nil])
        await ledger.close()
    }

    @Test func aMomentEndsIt() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let created = try await ledger.appendOne(Drafts.create(ada))
        fixture.clock.advance(seconds: 60)
        let enriched = try await ledger.appendOne(Drafts.enrich(ada))
        let last = enriched.index + enriched.count - 1
        for (moment, count) in [
            (HistoryMoment.entry(created.index, generation: nil), 1),
            (.entry(created.index + 1, generation: 1), 2),
            (.entry(last, generation: nil), 4),
            (.time(created.time), 2),
            (.time(enriched.time), 4),
        ] {
            #expect(try pages(ledger, ada, until: moment).count == count, "\(moment)")
        }
        let before = try #require(
            LedgerTime(microsecondsSince1970: created.time.microsecondsSince1970 - 1))
        #expect(try pages(ledger, ada, until: .time(before)).isEmpty)
        #expect(throws: LedgerStoreError.self) {
            try pages(ledger, ada, until: .entry(ledger.signedSize, generation: nil))
        }
        #expect(throws: LedgerStoreError.self) {
            try pages(ledger, ada, until: .entry(0, generation: 7))
        }
        await ledger.close()
    }

    @Test func whatIsAboveTheClearanceIsLeftOutAndSaidSo() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try RelabellingTests.actor("s0/i2-s3/i0")
        _ = try await RelabellingTests.append(Drafts.create(ada), by: officer, ledger)
        let code = try await RelabellingTests.relabel(ada, to: "s1/i2", by: officer, ledger)
        #expect(code == nil)
        let trusting = try Clearance("s1/i2")
        let page = try ledger.history(
            of: ada.id, from: 0, until: nil, .everything, limit: 100, for: trusting)
        #expect(try types(page.rows) == ["ContactRelabelled"] && page.isPartial)
        #expect(throws: LedgerStoreError.self) {
            try pages(ledger, ada, for: try Clearance("s0/i1"))
        }
        await ledger.close()
    }

    @Test func anErasedContactHasNoHistory() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        _ = try await ledger.appendOne(Drafts.update(ada))
        _ = try await ledger.erase(ada, by: fixture.signer)
        #expect(throws: LedgerStoreError.self) { try pages(ledger, ada) }
        await ledger.close()
        let dump = try ProjectionDump.lines(fixture.projectionsPath)
        #expect(!dump.contains { $0.hasPrefix("subject_event") })
    }

    /// A newer value closes the older one's validity where it begins within it; what lies outside stays as it was said.
    @Test(
        arguments: [
            ("2026-02", nil, "2026-03", "2026-03"), ("2026-02", "2026-09", "2026-03", "2026-03"),
            ("2026-02", "2026-03", "2026-03", "2026-03"),
            ("2026-02", "2026-03", "2026-09", "2026-03"),
            ("2026-02", nil, "2026-02", nil), ("2026-02", "2026-03", "2026-01", "2026-03"),
            ("2026-02", nil, "2026-01", nil),
        ] as [(String, String?, String, String?)])
    func aNewerValueClosesTheOlder(
        from: String, until: String?, next: String, closed: String?
    ) async throws {
        func time(_ month: String) -> String { "\(month)-01T00:00:00.000000Z" }
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        var first = LedgerTime.latest
        for (from, until) in [(from, until), (next, nil)] {
            fixture.clock.advance(seconds: 60)
            let event = AttributeEnriched(
                attributeId: Drafts.uuid(), attributeType: "x-a", confidence: 1,
                provenanceId: Drafts.uuid(), validFrom: time(from), validUntil: until.map(time),
                value: try Drafts.sealed(Data("v".utf8)))
            let receipt = try await ledger.appendOne(
                MutationDraft(
                    entries: [try Drafts.entry(.contact, event)], subject: ada.subject))
            first = min(first, receipt.time)
        }
        let rows = try pages(ledger, ada, selection: .values)
        #expect(rows.map(\.place.validUntil) == [nil, closed.map(time), nil])
        // As it stood before the newer one came, nothing had closed it.
        for moment in [
            HistoryMoment.entry(rows[1].entry.index, generation: nil), .time(first),
        ] {
            let then = try pages(ledger, ada, until: moment, selection: .values)
            #expect(then.map(\.place.validUntil) == [nil, until.map(time)])
            #expect(then.allSatisfy { $0.superseded == nil })
        }
        #expect(rows.map { $0.superseded != nil } == [false, true, false])
        await ledger.close()
    }

    // MARK: - Random sequences

    /// Whoever sees and changes all.
    private static func officer() throws -> LedgerActor {
        try RelabellingTests.actor("s0/i2-s3:c0.c9/i0")
    }

    private struct Model {
        var people: [Drafts.Person] = []
        /// What was answered of each, behind which entry.
        var answers: [(person: Int, behind: UInt64, record: ContactRecord)] = []
        var erased: Set<Int> = []
        /// Of each, the requests that restrict it.
        var restrictions: [Int: [String]] = [:]
    }

    /// After each of random commands: what is projected is what the entries alone make, and what was answered behind every
    /// earlier entry is answered for it again, unless the contact was erased since.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func whatWasAnsweredOnceIsAnsweredAgain(seed: UInt64) async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        var random = SeededGenerator(seed: seed)
        var model = Model()
        for step in 0..<60 {
            fixture.clock.advance(seconds: Double.random(in: 0...5, using: &random))
            try await command(step, ledger, fixture, &model, &random)
            if Int.random(in: 0..<15, using: &random) == 0 {
                await ledger.close()
                if Bool.random(using: &random) {
                    _ = try await Ledger.rebuild(
                        fixture.configuration(), signer: fixture.signer,
                        reindexer: fixture.signer)
                }
                ledger = try await fixture.open()
            }
            let behind = ledger.signedSize - 1
            for (number, person) in model.people.enumerated() {
                let record = try ledger.contact(id: person.id)
                #expect((record == nil) == model.erased.contains(number))
                guard let record else { continue }
                let replayed = try replay(ledger, person, until: nil)
                #expect(replayed == ContactState(record))
                Self.checkInvariants(record)
                model.answers.append((number, behind, record))
            }
        }
        for (number, behind, record) in model.answers where !model.erased.contains(number) {
            let then = try replay(
                ledger, model.people[number], until: .entry(behind, generation: nil))
            #expect(then == ContactState(record), "seed \(seed), behind \(behind)")
        }
        #expect(model.answers.count > 100)
        await ledger.close()
        try await fixture.check()
    }

    private func command(
        _ step: Int, _ ledger: Ledger, _ fixture: LedgerFixture, _ model: inout Model,
        _ random: inout SeededGenerator
    ) async throws {
        let officer = try Self.officer()
        func write(
            _ draft: MutationDraft, refused: LedgerStoreError.Code? = nil
        ) async throws {
            let code = try await RelabellingTests.append(draft, by: officer, ledger)
            #expect(code == refused)
        }
        let alive = model.people.indices.filter { !model.erased.contains($0) }
        guard let number = alive.randomElement(using: &random),
            Int.random(in: 0..<6, using: &random) > 0
        else {
            let person = Drafts.Person("person \(step)")
            try await write(
                Drafts.create(person, attributes: Int.random(in: 0...2, using: &random)))
            model.people.append(person)
            return
        }
        let person = model.people[number]
        let record = try #require(try ledger.contact(id: person.id))
        // Nothing is added to a contact that is restricted.
        let restricted: LedgerStoreError.Code? =
            model.restrictions[number, default: []].isEmpty ? nil : .restricted
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            _ = try await ledger.erase(person, by: fixture.signer, actor: officer)
            model.erased.insert(number)
        case 1, 2:
            try await write(
                Drafts.enrich(
                    person, ["x-kind\(Int.random(in: 0...3, using: &random))"],
                    value: "value \(step)"), refused: restricted)
        case 3:
            try await write(
                Drafts.update(
                    person,
                    email: Bool.random(using: &random) ? Drafts.digest("mail \(step)") : nil,
                    name: Bool.random(using: &random) ? "name \(step)" : nil,
                    expectedVersion: record.head.version), refused: restricted)
        case 4: try await write(Drafts.grant(person))
        case 5:
            let consent = record.consents.randomElement(using: &random)?.id ?? Drafts.uuid()
            // Whether or not it is still in force.
            let draft = try Drafts.revoke(person, consent)
            _ = try await RelabellingTests.append(draft, by: officer, ledger)
        case 6:
            // Whether or not it may be at this label.
            let label = ["s2/i1", "s2:c1/i1", "s3:c1/i1"].randomElement(using: &random) ?? "s2/i1"
            _ = try await RelabellingTests.relabel(person, to: label, by: officer, ledger)
        case 7:
            let id = Drafts.uuid()
            let objects = Bool.random(using: &random)
            for events in RequestTests.answered(id, objects ? .object : .restrict) {
                try await write(RequestTests.draft(person, events, label: record.head.label))
            }
            if !objects { model.restrictions[number, default: []].append(id) }
        case 8:
            guard let id = model.restrictions[number, default: []].popLast() else { return }
            let lift = ProcessingRestrictionLifted(requestId: id, salt: RequestTests.salt)
            try await write(RequestTests.draft(person, [lift], label: record.head.label))
        default: _ = try await ledger.append(Drafts.read())
        }
    }

    private func replay(
        _ ledger: Ledger, _ person: Drafts.Person, until moment: HistoryMoment?
    ) throws -> ContactState? {
        var timeline = ContactTimeline()
        for row in try pages(
            ledger, person, limit: 7, until: moment, for: try Clearance("s0/i2-s3:c0.c9/i0"))
        {
            let header = try EntryHeader(canonical: row.entry.header)
            timeline.apply(
                try ContactEvent(
                    stream: header.stream.rawValue, type: header.type, payload: row.entry.payload),
                label: header.label, time: header.time.text, position: row.place.position)
        }
        return timeline.state
    }

    private static func checkInvariants(_ record: ContactRecord) {
        #expect(Set(record.attributes.map(\.type)).count == record.attributes.count)
        #expect(record.attributes.allSatisfy { $0.sourceType != nil })
        #expect(record.attributes.allSatisfy { (0...10_000).contains($0.confidence) })
        #expect(record.attributes.allSatisfy { $0.validUntil.map { $0 > "" } ?? true })
        let label = try? SecurityLabel(record.head.label)
        for bound in record.attributes.map(\.label) + [record.boundLabel] {
            let join = label.flatMap { label in (try? SecurityLabel(bound)).map(label.join) }
            #expect(join == label, "\(bound) in \(record.head.label)")
        }
    }
}

extension ContactState {
    /// As the projections have it.
    fileprivate init(_ record: ContactRecord) {
        self.init(
            label: record.head.label, version: record.head.version, entity: record.entity,
            boundLabel: record.boundLabel, createdAt: record.createdAt,
            updatedAt: record.updatedAt, email: record.email, fullName: record.fullName,
            attributes: record.attributes, consents: record.consents,
            isRestricted: record.isRestricted, objections: record.objections)
    }
}
