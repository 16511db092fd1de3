import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// The ledger holds enrichments to their state machine and to the rule of merging, whoever asks.
@Suite(.timeLimit(.minutes(2))) struct EnrichmentTests {
    private static let clearance = Clearance.default

    private static func requested(
        _ id: String, vendors: [String] = ["one"], attempts: Int = 1
    ) -> EnrichmentRequested {
        EnrichmentRequested(
            attempts: attempts, attributeTypes: ["jobTitle", "phone"], enrichmentId: id,
            purpose: "sales", salt: Salt.random(), timeout: 60, vendors: vendors)
    }

    private static func received(
        _ id: String, _ values: [(type: String, confidence: Int)], vendor: String = "one"
    ) throws -> EnrichmentReceived {
        let provenance = Drafts.uuid()
        let attributes = try values.map { value in
            AttributeEnriched(
                attributeId: Drafts.uuid(), attributeType: value.type,
                confidence: value.confidence, provenanceId: provenance,
                validFrom: "2026-01-01T00:00:00.000000Z", validUntil: nil,
                value: try Drafts.sealed(Data("value".utf8)))
        }
        return EnrichmentReceived(
            attempt: 1, attributes: attributes, enrichmentId: id, outcome: .results,
            provenance: ProvenanceRecorded(
                attributedData: AttributedDataSeal(
                    hash: String(repeating: "ab", count: 32),
                    salt: try Drafts.sealed(Salt.random())),
                attributes: attributes.map(\.attributeId), provenanceId: provenance,
                salt: Salt.random(), sourceIdentity: vendor, sourceType: .vendor),
            salt: Salt.random(), vendor: vendor)
    }

    private static func draft(
        _ person: Drafts.Person, _ events: [(EntryStream, any LedgerEvent)],
        expecting version: UInt64? = nil, label: String = "s1/i1"
    ) throws -> MutationDraft {
        MutationDraft(
            entries: try events.map { stream, event in try Drafts.entry(stream, event, label) },
            subject: person.subject, expectedVersion: version)
    }

    private static func version(_ person: Drafts.Person, _ ledger: Ledger) throws -> UInt64 {
        try #require(try ledger.contact(id: person.id)).head.version
    }

    /// A contact and an enrichment of it.
    private struct World {
        let fixture: LedgerFixture
        let ledger: Ledger
        let person = Drafts.Person("ada")
        let id = Drafts.uuid()

        init(vendors: [String] = ["one"], attributes: [String] = []) async throws {
            fixture = try LedgerFixture()
            ledger = try await fixture.open()
            _ = try await ledger.appendOne(Drafts.create(person))
            if !attributes.isEmpty {
                _ = try await ledger.appendOne(Drafts.enrich(person, attributes))
            }
            _ = try await ledger.appendOne(
                draft(person, [(.contact, requested(id, vendors: vendors))]))
        }

        var order: EnrichmentOrder {
            get throws { try ledger.enrichmentOrder(EntityID(id)) }
        }

        /// That its tickets are in the name of.
        var actor: LedgerActor {
            get throws {
                let place = try order.requested
                return LedgerActor(
                    id: TicketActor.name(generation: place.generation, index: place.index),
                    clearance: clearance)
            }
        }

        func take(
            _ events: [(EntryStream, any LedgerEvent)], expecting version: UInt64? = nil
        ) async throws {
            _ = try await ledger.appendOne(
                draft(person, events, expecting: version), by: actor)
        }

        func refusal(
            _ events: [(EntryStream, any LedgerEvent)], expecting version: UInt64? = nil,
            by other: LedgerActor? = nil, label: String = "s1/i1"
        ) async throws -> LedgerStoreError.Code? {
            try await ledger.refusal(
                draft(person, events, expecting: version, label: label), by: other ?? actor)
        }

        func merged() throws -> EnrichmentMerged {
            let order = try order
            let row = try #require(try ledger.contact(id: person.id))
            let vendors = order.record.standing.vendors.map(\.id)
            let current = row.attributes.map { attribute in
                EnrichmentMerge.Contestant(
                    id: attribute.id, type: attribute.type, confidence: attribute.confidence,
                    validFrom: attribute.validFrom,
                    sourceRank: EnrichmentMerge.sourceRank(
                        attribute.sourceType.flatMap { SourceType(rawValue: $0) },
                        attribute.sourceIdentity,
                        vendors: vendors))
            }
            return EnrichmentMerged(
                decisions: order.record.standing.decisions(among: current), enrichmentId: id,
                salt: Salt.random())
        }

        var state: EnrichmentState { get throws { try order.record.standing.state } }

        func version() throws -> UInt64 { try EnrichmentTests.version(person, ledger) }
    }

    @Test func aWholeLifeEndsInTheContactAndTheLosersStayInHistory() async throws {
        let world = try await World(vendors: ["one", "two"], attributes: ["jobTitle"])
        let one = try Self.received(world.id, [("jobTitle", 1_000), ("phone", 9_000)])
        let two = try Self.received(world.id, [("phone", 5_000)], vendor: "two")
        try await world.take([(.contact, one)])
        #expect(try world.ledger.dueEnrichments(limit: 10).isEmpty)
        try await world.take([(.contact, two)])
        #expect(try world.ledger.dueEnrichments(limit: 10).map(\.text) == [world.id])
        let merged = try world.merged()
        #expect(merged.decisions.map(\.isTaken) == [false, true, false])
        try await world.take([(.contact, merged)], expecting: world.version())
        let sources = try [one, two].map { (EntryStream.provenance, try #require($0.provenance)) }
        try await world.take(sources, expecting: world.version())
        let done = ContactEnriched(
            attributes: [one.attributes[1].attributeId], enrichmentId: world.id,
            salt: Salt.random())
        // Not the values that came, though by ids and tags they are.
        for change: (inout AttributeEnriched) throws -> Void in [
            { $0.provenanceId = Drafts.uuid() }, { $0.value = try Drafts.sealed(Data("x".utf8)) },
        ] {
            var forged = one.attributes[1]
            try change(&forged)
            #expect(
                try await world.refusal(
                    [(.contact, forged), (.contact, done)], expecting: world.version())
                    == .invalid)
        }
        try await world.take(
            [(.contact, one.attributes[1]), (.contact, done)], expecting: world.version())
        #expect(try world.state == .completed)
        let contact = try #require(try world.ledger.contact(id: world.person.id))
        #expect(contact.attributes.map(\.type) == ["jobTitle", "phone"])
        #expect(contact.attributes.last?.sourceIdentity == "one")
        let found = try world.ledger.enrichment(EntityID(world.id), for: Self.clearance)
        #expect(found.steps.count == 8)
        #expect(try world.ledger.dueEnrichments(limit: 10).isEmpty)
        // All of it follows from the entries alone.
        await world.ledger.close()
        try FileManager.default.removeItem(atPath: world.fixture.root + "/views")
        try FileManager.default.createDirectory(
            atPath: world.fixture.root + "/views", withIntermediateDirectories: true)
        let again = try await world.fixture.open()
        let rebuilt = try again.enrichment(EntityID(world.id), for: Self.clearance)
        #expect(rebuilt.record == found.record && rebuilt.steps.count == 8)
        await again.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    @Test func nobodyButItsTicketLeadsAnEnrichmentOn() async throws {
        let world = try await World()
        let answer = try Self.received(world.id, [("phone", 1)])
        let place = try world.order.requested
        for stranger: LedgerActor in [
            Drafts.actor,
            LedgerActor(
                id: TicketActor.name(generation: place.generation, index: place.index + 1),
                clearance: Self.clearance),
        ] {
            #expect(try await world.refusal([(.contact, answer)], by: stranger) == .invalid)
        }
        // Nor does its ticket do anything else.
        for events: [(EntryStream, any LedgerEvent)] in [
            [(.contact, answer.attributes[0])],
            [(.provenance, try #require(answer.provenance))],
            [(.consent, Drafts.consent())],
            [(.contact, Self.requested(Drafts.uuid()))],
            [(.consent, Drafts.consent()), (.contact, answer)],
            [(.contact, answer.attributes[0]), (.contact, answer)],
        ] {
            let refusal = try await world.refusal(events, expecting: try world.version())
            #expect(refusal == .invalid || refusal == .conflict, "\(events)")
        }
        #expect(try await world.refusal([(.contact, answer)], label: "s2/i1") != nil)
        try await world.take([(.contact, answer)])
        #expect(try await world.refusal([(.contact, answer)]) == .conflict)
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    @Test func aMergeIsTheRulesAndOfTheContactAsItIs() async throws {
        let world = try await World(attributes: ["phone"])
        try await world.take([(.contact, try Self.received(world.id, [("phone", 10_000)]))])
        var other = try world.merged()
        other.decisions[0].isTaken.toggle()
        let version = try world.version()
        #expect(try await world.refusal([(.contact, other)], expecting: version) == .conflict)
        #expect(try await world.refusal([(.contact, try world.merged())]) == .invalid)
        let stale = try world.merged()
        _ = try await world.ledger.appendOne(Drafts.enrich(world.person, ["phone"]))
        #expect(try await world.refusal([(.contact, stale)], expecting: version) == .stale)
        try await world.take([(.contact, try world.merged())], expecting: world.version())
        // What was compared is not the contact's any more.
        _ = try await world.ledger.appendOne(Drafts.enrich(world.person, ["phone"]))
        let source = try #require(
            try world.ledger.enrichment(EntityID(world.id), for: Self.clearance).steps.lazy
                .compactMap {
                    try? EventCoding.decode(EnrichmentReceived.self, from: $0.entry.payload)
                        .provenance
                }.first)
        #expect(
            try await world.refusal([(.provenance, source)], expecting: world.version())
                == .conflict)
        try await world.take([
            (
                .contact,
                EnrichmentRolledBack(
                    enrichmentId: world.id, reason: .contactChanged, salt: Salt.random())
            )
        ])
        #expect(try world.state == .collecting)
        try await world.take([(.contact, try world.merged())], expecting: world.version())
        try await world.take([(.provenance, source)], expecting: world.version())
        #expect(try world.state == .provenanceRecorded)
        // What is left inconsistent is told, whatever whoever says so calls it.
        try await world.take([
            (
                .contact,
                EnrichmentInconsistent(
                    enrichmentId: world.id, reason: .contactChanged, salt: Salt.random())
            )
        ])
        #expect(try world.state == .inconsistent)
        let last = try world.ledger.entry(at: world.ledger.signedSize - 1)
        let audit = try EventCoding.decode(AuditEvent.self, from: last.payload)
        #expect(audit.category == .alert && audit.outcome == .failed)
        #expect(audit.reason == "CONTACT_CHANGED")
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    /// Nor would one that its tickets do not reach ever end.
    @Test func theLabelOfARequestReachesItsContact() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let writer = LedgerActor(id: "w", clearance: try Clearance("s1/i2-s3/i0"))
        _ = try await ledger.appendOne(Drafts.create(person, label: "s2/i1"), by: writer)
        for (label, expected) in [
            ("s1/i1", LedgerStoreError.Code.invalid), ("s2/i0", nil),
        ] {
            let draft = try Self.draft(
                person, [(.contact, Self.requested(Drafts.uuid()))], label: label)
            #expect(try await ledger.refusal(draft, by: writer) == expected)
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func oneAtATimeAndNotOfSomebodyWhoIsRestricted() async throws {
        let world = try await World()
        let another = try Self.draft(
            world.person, [(.contact, Self.requested(Drafts.uuid()))])
        #expect(try await world.ledger.refusal(another) == .conflict)
        try await RequestTests.restrict(world.person, world.ledger)
        // What says only where it stands is taken still; what brings something is not.
        #expect(
            try await world.refusal([(.contact, try Self.received(world.id, [("phone", 1)]))])
                == .restricted)
        try await world.take([
            (
                .contact,
                EnrichmentFailed(
                    enrichmentId: world.id, reason: .restricted, salt: Salt.random())
            )
        ])
        #expect(try world.state == .failed)
        #expect(try await world.ledger.refusal(another) == .restricted)
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    @Test func aVendorsTimeRunsByTheLedgersClock() async throws {
        let world = try await World()
        let event = EnrichmentTimedOut(
            attempt: 1, enrichmentId: world.id, salt: Salt.random(), vendor: "one")
        #expect(try await world.refusal([(.contact, event)]) == .conflict)
        #expect(try world.ledger.dueEnrichments(limit: 10).isEmpty)
        world.fixture.clock.advance(seconds: 61)
        #expect(try world.ledger.dueEnrichments(limit: 10).count == 1)
        try await world.take([(.contact, event)])
        #expect(try world.order.record.standing.vendors[0].outcome == .timedOut)
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    @Test func vendorsFindWhatWaitsForThemAndNothingAboveTheirClearance() async throws {
        let world = try await World(vendors: ["one", "two"])
        func waiting(_ vendor: String) throws -> [String] {
            try world.ledger.enrichments(
                waitingFor: vendor, below: nil, limit: 10, for: Self.clearance
            ).rows.map(\.record.id.text)
        }
        #expect(try waiting("one") == [world.id])
        #expect(try waiting("three").isEmpty)
        try await world.take([(.contact, try Self.received(world.id, [("phone", 1)]))])
        #expect(try waiting("one").isEmpty)
        #expect(try waiting("two") == [world.id])
        // Of a contact that rises above the enrichment's label nothing is told, and its enrichment ends.
        _ = try await world.ledger.appendOne(
            Drafts.grant(world.person, label: "s2/i1"),
            by: LedgerActor(id: "writer", clearance: try Clearance("s1/i1-s3/i1")))
        #expect(try waiting("two").isEmpty)
        #expect(throws: LedgerStoreError.self) {
            try world.ledger.enrichment(EntityID(world.id), for: Self.clearance)
        }
        #expect(try world.state == .failed)
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }

    @Test func anErasureTakesItAlong() async throws {
        let world = try await World()
        _ = try await world.ledger.erase(world.person, by: world.fixture.signer)
        #expect(throws: LedgerStoreError.self) { try world.order }
        #expect(try world.ledger.dueEnrichments(limit: 10).isEmpty)
        await world.ledger.close()
        try await world.fixture.check(unsignedTail: 0)
    }
}
