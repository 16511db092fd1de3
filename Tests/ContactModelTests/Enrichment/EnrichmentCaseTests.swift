import ContactModel
import Foundation
import Testing

@Suite struct EnrichmentCaseTests {
    private static func begun(_ event: EnrichmentRequested = Enrichments.requested()) throws
        -> EnrichmentCase
    {
        EnrichmentCase(event, at: try Enrichments.time(0))
    }

    private static func after(
        _ standing: EnrichmentCase, _ steps: [EnrichmentStep], seconds: Int64 = 1,
        among current: [EnrichmentMerge.Contestant] = []
    ) throws -> EnrichmentCase {
        var standing = standing
        for step in steps {
            standing = try standing.after(
                step, at: try Enrichments.time(seconds), among: current)
        }
        return standing
    }

    private static func merge(
        _ standing: EnrichmentCase, among current: [EnrichmentMerge.Contestant] = []
    ) -> EnrichmentStep {
        .merged(
            EnrichmentMerged(
                decisions: standing.decisions(among: current), enrichmentId: Enrichments.id,
                salt: Enrichments.salt))
    }

    @Test func aWholeLifeFromTheRequestToTheContact() throws {
        let one = try Enrichments.received("one", [("phone", 5_000), ("company", 9_000)])
        let two = try Enrichments.received("two", [("phone", 8_000)])
        var standing = try Self.after(Self.begun(), [.received(one)])
        #expect(!standing.isCollected)
        #expect(standing.action(at: try Enrichments.time(2)) == nil)
        standing = try Self.after(standing, [.received(two)])
        #expect(standing.action(at: try Enrichments.time(2)) == .merge)
        #expect(standing.due == 0)
        standing = try Self.after(standing, [Self.merge(standing)])
        #expect(
            standing.taken == [one.attributes[1].attributeId, two.attributes[0].attributeId])
        #expect(standing.action(at: try Enrichments.time(2)) == .recordProvenance)
        let sources = try [one, two].map { try #require($0.provenance) }
        standing = try Self.after(standing, [.provenanceRecorded(sources[0])])
        #expect(standing.state == .merged && standing.isPartlyRecorded)
        standing = try Self.after(standing, [.provenanceRecorded(sources[1])])
        #expect(standing.state == .provenanceRecorded && !standing.isPartlyRecorded)
        let done = ContactEnriched(
            attributes: standing.taken, enrichmentId: Enrichments.id, salt: Enrichments.salt)
        standing = try Self.after(
            standing, [.enriched([one.attributes[1], two.attributes[0]], done)])
        #expect(standing.state == .completed && standing.due == nil)
        // What the ledger took reads the same without values to hold it against.
        #expect(
            try JSONDecoder().decode(
                EnrichmentCase.self, from: JSONEncoder().encode(standing)) == standing)
    }

    @Test func aVendorIsAskedAgainUntilItsAttemptsAreUsedUp() throws {
        var standing = try Self.begun(Enrichments.requested(vendors: ["one"]))
        func timedOut(_ attempt: Int) -> EnrichmentStep {
            .timedOut(
                EnrichmentTimedOut(
                    attempt: attempt, enrichmentId: Enrichments.id, salt: Enrichments.salt,
                    vendor: "one"))
        }
        #expect(standing.action(at: try Enrichments.time(59)) == nil)
        #expect(throws: EnrichmentRefusal.notYet) {
            try Self.after(standing, [timedOut(1)], seconds: 59)
        }
        #expect(
            standing.action(at: try Enrichments.time(60)) == .timeOut(vendor: "one", attempt: 1))
        standing = try Self.after(standing, [timedOut(1)], seconds: 60)
        #expect(standing.vendors[0].attempt == 2 && !standing.isCollected)
        // The token of the attempt before counts no more.
        let late = try Enrichments.received("one", [("phone", 1)])
        #expect(throws: EnrichmentRefusal.attemptIsOver) {
            try Self.after(standing, [.received(late)], seconds: 61)
        }
        #expect(throws: EnrichmentRefusal.notYet) {
            try Self.after(standing, [timedOut(2)], seconds: 100)
        }
        standing = try Self.after(standing, [timedOut(2)], seconds: 120)
        #expect(standing.vendors[0].outcome == .timedOut)
        #expect(standing.action(at: try Enrichments.time(120)) == .fail)
        standing = try Self.after(standing, [.failed(.noAnswer)])
        #expect(standing.state == .failed && standing.reason == "NO_ANSWER")
    }

    @Test func nothingButWhatWasReceivedIsTaken() throws {
        let one = try Enrichments.received("one", [("phone", 5_000)])
        var standing = try Self.after(
            Self.begun(Enrichments.requested(vendors: ["one"])), [.received(one)])
        #expect(throws: EnrichmentRefusal.attemptIsOver) {
            try Self.after(standing, [.received(one)])
        }
        #expect(throws: EnrichmentRefusal.otherDecisions) {
            try Self.after(
                standing,
                [
                    .merged(
                        EnrichmentMerged(
                            decisions: [], enrichmentId: Enrichments.id, salt: Enrichments.salt))
                ])
        }
        #expect(throws: EnrichmentRefusal.notFrom(.collecting)) {
            try Self.after(standing, [.failed(.noAnswer)])
        }
        standing = try Self.after(standing, [Self.merge(standing)])
        var other = try #require(one.provenance)
        other.provenanceId = EntityID.random().text
        #expect(throws: EnrichmentRefusal.otherValues) {
            try Self.after(standing, [.provenanceRecorded(other)])
        }
        standing = try Self.after(
            standing, [.provenanceRecorded(try #require(one.provenance))])
        let done = ContactEnriched(
            attributes: standing.taken, enrichmentId: Enrichments.id, salt: Enrichments.salt)
        var forged = one.attributes[0]
        forged.value = try Enrichments.sealed()
        for attributes in [[], [forged], one.attributes + one.attributes] {
            #expect(throws: EnrichmentRefusal.otherValues) {
                try Self.after(standing, [.enriched(attributes, done)])
            }
        }
        #expect(
            try Self.after(standing, [.enriched(one.attributes, done)]).state == .completed)
    }

    /// Refused whole: a type that was not asked for, one twice, another's name, no hash, an id that is none.
    @Test func whatAVendorSendsIsAsItWasAskedFor() throws {
        let good = try Enrichments.received("one", [("phone", 5_000)])
        var broken: [EnrichmentReceived] = []
        func variant(_ change: (inout EnrichmentReceived) throws -> Void) rethrows {
            var event = good
            try change(&event)
            broken.append(event)
        }
        variant { $0.attributes[0].attributeType = "location" }
        variant { $0.attributes[0].attributeId = "x" }
        variant { $0.attributes[0].confidence = 10_001 }
        variant { $0.attributes[0].validFrom = "2026" }
        variant { $0.attributes[0].validUntil = $0.attributes[0].validFrom }
        variant { $0.attributes[0].provenanceId = EntityID.random().text }
        variant { $0.provenance = nil }
        variant { $0.provenance?.sourceIdentity = "two" }
        variant { $0.provenance?.sourceType = .crm }
        variant { $0.provenance?.attributedData = nil }
        variant { $0.provenance?.attributes = [] }
        variant { $0.outcome = .noData }
        variant { $0.outcome = .timedOut }
        variant {
            $0.outcome = .suppressed
            $0.provenance = nil
        }
        let twice = try Enrichments.received("one", [("phone", 1), ("phone", 2)])
        for event in broken + [twice] {
            #expect(throws: EnrichmentRefusal.otherValues) {
                try Self.after(Self.begun(), [.received(event)])
            }
        }
        var stranger = good
        stranger.vendor = "three"
        #expect(throws: EnrichmentRefusal.unknownVendor) {
            try Self.after(Self.begun(), [.received(stranger)])
        }
        #expect(throws: Never.self) { try Self.after(Self.begun(), [.received(good)]) }
    }

    @Test func compensationDependsOnHowFarItHadCome() throws {
        let one = try Enrichments.received("one", [("phone", 5_000)])
        let collected = try Self.after(
            Self.begun(Enrichments.requested(vendors: ["one"])), [.received(one)])
        let merged = try Self.after(collected, [Self.merge(collected)])
        let recorded = try Self.after(
            merged, [.provenanceRecorded(try #require(one.provenance))])
        #expect(try Self.after(collected, [.failed(.restricted)]).state == .failed)
        #expect(try Self.after(merged, [.rolledBack(.restricted)]).state == .rolledBack)
        #expect(try Self.after(recorded, [.inconsistent(.restricted)]).state == .inconsistent)
        for (standing, step) in [
            (collected, EnrichmentStep.rolledBack(.restricted)),
            (collected, .inconsistent(.restricted)), (merged, .failed(.restricted)),
            (merged, .inconsistent(.restricted)), (recorded, .failed(.restricted)),
            (recorded, .rolledBack(.restricted)),
        ] {
            #expect(throws: EnrichmentRefusal.notFrom(standing.state)) {
                try Self.after(standing, [step])
            }
        }
        // A contact that changed is merged anew, a few times.
        var standing = merged
        for round in 1...3 {
            standing = try Self.after(standing, [.rolledBack(.contactChanged)])
            #expect(standing.state == .collecting && standing.rollbacks == round)
            standing = try Self.after(standing, [Self.merge(standing)])
        }
        #expect(
            try Self.after(standing, [.rolledBack(.contactChanged)]).state == .rolledBack)
        for (standing, state) in [
            (collected, EnrichmentState.failed), (merged, .rolledBack),
            (recorded, .inconsistent),
        ] {
            #expect(standing.stopped(.relabelled)?.state == state)
        }
    }

    @Test func aMergeHoldsOnlyWhileTheContactIsWhatItWas() throws {
        let one = try Enrichments.received("one", [("phone", 5_000)])
        let collected = try Self.after(
            Self.begun(Enrichments.requested(vendors: ["one"])), [.received(one)])
        let merged = try Self.after(collected, [Self.merge(collected)])
        let surer = EnrichmentMerge.Contestant(
            id: "own", type: "phone", confidence: 9_000, validFrom: Enrichments.day, sourceRank: 0)
        let provenance = EnrichmentStep.provenanceRecorded(try #require(one.provenance))
        #expect(throws: EnrichmentRefusal.contactChanged) {
            try Self.after(merged, [provenance], among: [surer])
        }
        let recorded = try Self.after(merged, [provenance])
        let done = ContactEnriched(
            attributes: recorded.taken, enrichmentId: Enrichments.id, salt: Enrichments.salt)
        #expect(throws: EnrichmentRefusal.contactChanged) {
            try Self.after(recorded, [.enriched(one.attributes, done)], among: [surer])
        }
    }

    @Test func everyEventReadsBackWhatItWrote() throws {
        let merged = EnrichmentMerged(
            decisions: [
                EnrichmentDecision(attributeId: "a", isTaken: true, other: "b", rule: .source),
                EnrichmentDecision(attributeId: "c", isTaken: false),
            ], enrichmentId: Enrichments.id, salt: Enrichments.salt)
        try Self.roundTrip(Enrichments.requested())
        try Self.roundTrip(try Enrichments.received("one", [("phone", 1), ("company", 2)]))
        try Self.roundTrip(try Enrichments.received("one", []))
        try Self.roundTrip(merged)
        try Self.roundTrip(
            EnrichmentTimedOut(
                attempt: 1, enrichmentId: Enrichments.id, salt: Enrichments.salt, vendor: "one"))
        try Self.roundTrip(
            ContactEnriched(
                attributes: ["a"], enrichmentId: Enrichments.id, salt: Enrichments.salt))
        try Self.roundTrip(
            EnrichmentFailed(
                enrichmentId: Enrichments.id, reason: .noAnswer, salt: Enrichments.salt))
        try Self.roundTrip(
            EnrichmentRolledBack(
                enrichmentId: Enrichments.id, reason: .restricted, salt: Enrichments.salt))
        try Self.roundTrip(
            EnrichmentInconsistent(
                enrichmentId: Enrichments.id, reason: .refused, salt: Enrichments.salt))
        #expect(
            String(decoding: EventCoding.encode(merged), as: UTF8.self)
                == #"{"decisions":[{"attributeId":"a","decision":"TAKEN","other":"b","rule":"SOURCE"},{"attributeId":"c","decision":"HISTORY_ONLY"}],"enrichmentId":"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
        )
    }

    private static func roundTrip<Event: LedgerEvent>(_ event: Event) throws {
        let payload = EventCoding.encode(event)
        #expect(try EventCoding.decode(Event.self, from: payload) == event)
        #expect(
            try EnrichmentEvent(type: Event.type, payload: payload)?.enrichmentID
                == Enrichments.id)
        #expect(throws: PayloadError.self) {
            try EventCoding.decode(Event.self, from: payload.dropLast())
        }
    }
}
