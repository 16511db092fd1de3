import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// The ledger itself holds requests of data subjects to their order: whoever took over the gateway skips no identity check.
@Suite(.timeLimit(.minutes(2))) struct RequestTests {
    static let salt = Salt.random()
    private static let receivedAt = "2026-01-01T00:00:00.000000Z"

    private static func received(
        _ id: String, _ kind: DSRKind = .access, purposes: [String] = [],
        at time: String = receivedAt
    ) -> DSRReceived {
        DSRReceived(
            channel: .email, jurisdiction: "DE", kind: kind, purposeCodes: purposes,
            receivedAt: time, requestId: id, salt: salt)
    }

    private static func verified(_ id: String) -> DSRIdentityVerified {
        DSRIdentityVerified(method: .emailConfirmed, requestId: id, salt: salt)
    }

    private static func started(_ id: String) -> DSRStarted {
        DSRStarted(requestId: id, salt: salt)
    }

    private static func completed(
        _ id: String, _ outcome: DSROutcome = .completed, _ reasons: [DSRReason] = []
    ) -> DSRCompleted {
        DSRCompleted(outcome: outcome, reasons: reasons, requestId: id, salt: salt)
    }

    static func draft(
        _ person: Drafts.Person, _ events: [any LedgerEvent], beside: [EntryDraft] = [],
        label: String = "s1/i1"
    ) throws -> MutationDraft {
        MutationDraft(
            entries: try beside + events.map { try Drafts.entry(.dsr, $0, label) },
            subject: person.subject)
    }

    /// The mutations of a request that is granted: a restriction, or an objection to one purpose.
    static func answered(_ id: String, _ kind: DSRKind) -> [[any LedgerEvent]] {
        let purposes = kind == .object ? ["sales"] : []
        let effect: any LedgerEvent =
            kind == .object
            ? ObjectionRecorded(
                objectedAt: receivedAt, purposeCodes: purposes, requestId: id, salt: salt)
            : ProcessingRestricted(requestId: id, salt: salt)
        return [
            [received(id, kind, purposes: purposes)], [verified(id)], [started(id)],
            [effect, completed(id)],
        ]
    }

    private static func open(
        _ people: Drafts.Person...
    ) async throws -> (fixture: LedgerFixture, ledger: Ledger) {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        return (fixture, ledger)
    }

    /// Filed, its identity verified, begun.
    private static func begin(
        _ id: String, _ kind: DSRKind, of person: Drafts.Person, _ ledger: Ledger,
        purposes: [String] = []
    ) async throws {
        let events: [any LedgerEvent] = [
            received(id, kind, purposes: purposes), verified(id), started(id),
        ]
        for event in events { _ = try await ledger.appendOne(draft(person, [event])) }
    }

    /// A request for it is answered.
    static func restrict(_ person: Drafts.Person, _ ledger: Ledger) async throws {
        let id = Drafts.uuid()
        try await begin(id, .restrict, of: person, ledger)
        let events: [any LedgerEvent] = [
            ProcessingRestricted(requestId: id, salt: salt), completed(id),
        ]
        _ = try await ledger.appendOne(draft(person, events))
    }

    /// Whose address is contested has it restricted, and then corrected.
    @Test func whoIsRestrictedIsCorrectedStill() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        try await Self.restrict(ada, ledger)
        let update = try Drafts.update(ada, name: "her right name")
        #expect(try await ledger.refusal(update) == .restricted)
        let correction = Drafts.uuid()
        _ = try await ledger.appendOne(Self.draft(ada, [Self.received(correction, .rectify)]))
        _ = try await ledger.appendOne(Self.draft(ada, [Self.verified(correction)]))
        #expect(try await ledger.refusal(update) == .restricted)
        _ = try await ledger.appendOne(Self.draft(ada, [Self.started(correction)]))
        #expect(try await ledger.refusal(Drafts.enrich(ada)) == .restricted)
        _ = try await ledger.appendOne(update)
        _ = try await ledger.appendOne(Self.draft(ada, [Self.completed(correction)]))
        #expect(try await ledger.refusal(update) == .restricted)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    private static func standing(_ id: String, _ ledger: Ledger) throws -> RequestHistory {
        try ledger.request(
            EntityID(id), evidence: true, for: try Clearance("s0/i2-s3:c0.c9/i0"))
    }

    @Test func stepsOutOfOrderAreRefusedAndThoseInOrderMoveTheRequest() async throws {
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        let (fixture, ledger) = try await Self.open(ada, bob)
        let id = Drafts.uuid()
        #expect(try await ledger.refusal(Self.draft(ada, [Self.verified(id)])) == .notFound)
        _ = try await ledger.appendOne(Self.draft(ada, [Self.received(id)]))
        #expect(try await ledger.refusal(Self.draft(ada, [Self.received(id)])) == .conflict)
        #expect(try await ledger.refusal(Self.draft(ada, [Self.started(id)])) == .conflict)
        #expect(try await ledger.refusal(Self.draft(ada, [Self.completed(id)])) == .conflict)
        // By the word of somebody else's contact it is not there.
        #expect(try await ledger.refusal(Self.draft(bob, [Self.verified(id)])) == .notFound)
        for event: any LedgerEvent in [
            Self.verified(id), Self.started(id),
            DSRExtended(reason: .complexity, requestId: id, salt: Self.salt),
        ] {
            _ = try await ledger.appendOne(Self.draft(ada, [event]))
        }
        _ = try await ledger.appendOne(Self.draft(ada, [Self.completed(id)]))
        #expect(try await ledger.refusal(Self.draft(ada, [Self.completed(id)])) == .conflict)
        let found = try Self.standing(id, ledger)
        #expect(found.record.standing.state == .completed && found.record.standing.isExtended)
        #expect(found.record.standing.due.text == "2026-04-01")
        #expect(found.record.reasons == ["COMPLEXITY"])
        #expect(found.steps.count == 5 && found.steps.allSatisfy { $0.receipt != nil })
        #expect(found.contactID == ada.id)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Two callers see the same state; one group takes one of them.
    @Test func ofTwoThatRaceOneStepCounts() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let id = Drafts.uuid()
        let events: [any LedgerEvent] = [
            Self.received(id), Self.verified(id), Self.started(id),
            Self.completed(id, .refused, [.excessive]),
            DSRCancelled(reason: .withdrawn, requestId: id, salt: Self.salt),
        ]
        let steps = try events.map { try Self.draft(ada, [$0]) }
        let result = try await ledger.append(Drafts.append(steps))
        let refused = result.mutations.map { outcome -> LedgerStoreError.Code? in
            if case .refused(let error) = outcome { error.code } else { nil }
        }
        #expect(refused == [nil, nil, nil, nil, .conflict])
        #expect(try Self.standing(id, ledger).record.standing.state == .refused)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What comes behind a refused mutation in the same group finds the request as if that had never been.
    @Test func whatIsRefusedLeavesNothingBehindInItsGroup() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let id = Drafts.uuid()
        try await Self.begin(id, .restrict, of: ada, ledger)
        let restriction = ProcessingRestricted(requestId: id, salt: Self.salt)
        let enrichment = try Drafts.enrich(ada)
        let result = try await ledger.append(
            Drafts.append([
                Self.draft(ada, [Self.completed(id)]),
                Self.draft(ada, [restriction, Self.completed(id)], beside: enrichment.entries),
                enrichment,
                Self.draft(ada, [restriction, Self.completed(id)]),
                Drafts.enrich(ada),
            ]))
        let refused = result.mutations.map { outcome -> LedgerStoreError.Code? in
            if case .refused(let error) = outcome { error.code } else { nil }
        }
        #expect(refused == [.conflict, .invalid, nil, nil, .restricted])
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func anAnswerBringsWhatWasAskedFor() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let (restrict, object) = (Drafts.uuid(), Drafts.uuid())
        try await Self.begin(restrict, .restrict, of: ada, ledger)
        try await Self.begin(object, .object, of: ada, ledger, purposes: ["sales"])
        let restriction = ProcessingRestricted(requestId: restrict, salt: Self.salt)
        func objection(_ purposes: [String]) -> ObjectionRecorded {
            ObjectionRecorded(
                objectedAt: Self.receivedAt, purposeCodes: purposes, requestId: object,
                salt: Self.salt)
        }
        for lie: [any LedgerEvent] in [
            [restriction],
            [restriction, Self.completed(restrict, .refused, [.noGroundForRestriction])],
            [restriction, Self.completed(object)],
            [objection(["support"]), Self.completed(object)],
            [objection([]), Self.completed(object)],
            [ProcessingRestricted(requestId: object, salt: Self.salt), Self.completed(object)],
        ] {
            #expect(try await ledger.refusal(Self.draft(ada, lie)) == .invalid, "\(lie)")
        }
        for id in [restrict, object] {
            #expect(try await ledger.refusal(Self.draft(ada, [Self.completed(id)])) == .conflict)
        }
        #expect(try ledger.contact(id: ada.id)?.isRestricted == false)
        _ = try await ledger.appendOne(
            Self.draft(ada, [restriction, Self.completed(restrict)]))
        _ = try await ledger.appendOne(
            Self.draft(ada, [objection(["sales"]), Self.completed(object)]))
        let contact = try #require(try ledger.contact(id: ada.id))
        #expect(contact.isRestricted)
        #expect(contact.objections.map(\.purposeCodes) == [["sales"]])
        // Nothing is added until it is lifted.
        #expect(try await ledger.refusal(Drafts.enrich(ada)) == .restricted)
        let lift = ProcessingRestrictionLifted(requestId: restrict, salt: Self.salt)
        _ = try await ledger.appendOne(Self.draft(ada, [lift]))
        #expect(try await ledger.refusal(Self.draft(ada, [lift])) == .conflict)
        #expect(try await ledger.refusal(Drafts.enrich(ada)) == nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Whoever answers may have read it before it ended: a conflict, and no fault of the gateway's.
    @Test func whatEndedMeanwhileHasNoEffect() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let (restrict, object, rectify) = (Drafts.uuid(), Drafts.uuid(), Drafts.uuid())
        try await Self.begin(restrict, .restrict, of: ada, ledger)
        try await Self.begin(object, .object, of: ada, ledger, purposes: ["sales"])
        try await Self.begin(rectify, .rectify, of: ada, ledger)
        for id in [restrict, object, rectify] {
            let end = DSRCancelled(reason: .withdrawn, requestId: id, salt: Self.salt)
            _ = try await ledger.appendOne(Self.draft(ada, [end]))
        }
        let answers: [[any LedgerEvent]] = [
            [
                ProcessingRestricted(requestId: restrict, salt: Self.salt),
                Self.completed(restrict),
            ],
            [
                ObjectionRecorded(
                    objectedAt: Self.receivedAt, purposeCodes: ["sales"], requestId: object,
                    salt: Self.salt), Self.completed(object),
            ],
            [
                RecipientNoticeQueued(recipient: "crm-1", requestId: rectify, salt: Self.salt),
                Self.completed(rectify),
            ],
        ]
        for answer in answers {
            #expect(try await ledger.refusal(Self.draft(ada, answer)) == .conflict, "\(answer)")
        }
        #expect(try ledger.contact(id: ada.id)?.isRestricted == false)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Also of a contact that is restricted.
    @Test func onlyACorrectionBringsValues() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let (restrict, rectify, access) = (Drafts.uuid(), Drafts.uuid(), Drafts.uuid())
        for (id, kind) in [(restrict, DSRKind.restrict), (rectify, .rectify), (access, .access)] {
            try await Self.begin(id, kind, of: ada, ledger)
        }
        _ = try await ledger.appendOne(
            Self.draft(
                ada,
                [
                    ProcessingRestricted(requestId: restrict, salt: Self.salt),
                    Self.completed(restrict),
                ]))
        let values = try Drafts.enrich(ada, value: "right").entries
        #expect(
            try await ledger.refusal(Self.draft(ada, [Self.completed(access)], beside: values))
                == .invalid)
        #expect(try await ledger.refusal(Self.draft(ada, [Self.completed(rectify)])) == .conflict)
        _ = try await ledger.appendOne(
            Self.draft(ada, [Self.completed(rectify)], beside: values))
        let contact = try #require(try ledger.contact(id: ada.id))
        #expect(contact.attributes.map(\.value.ciphertext) == [Data("right".utf8)])
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Article 19: one entry, hence one receipt, for each whom the data was given.
    @Test func whomTheDataWasGivenIsQueuedForNoticeWithTheAnswer() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let (rectify, access) = (Drafts.uuid(), Drafts.uuid())
        try await Self.begin(rectify, .rectify, of: ada, ledger)
        try await Self.begin(access, .access, of: ada, ledger)
        func notice(_ recipient: String, _ id: String) -> RecipientNoticeQueued {
            RecipientNoticeQueued(recipient: recipient, requestId: id, salt: Self.salt)
        }
        let values = try Drafts.enrich(ada, value: "right").entries
        for lie: [any LedgerEvent] in [
            [notice("crm-1", rectify)],
            [notice("crm-1", access), Self.completed(access)],
            [notice("crm-1", access), Self.completed(rectify)],
            [notice("crm-1", rectify), notice("crm-1", rectify), Self.completed(rectify)],
            [notice("crm-1", rectify), Self.completed(rectify, .refused, [.accurate])],
        ] {
            #expect(
                try await ledger.refusal(Self.draft(ada, lie, beside: values)) == .invalid,
                "\(lie)")
        }
        await #expect {
            _ = try await ledger.refusal(
                Self.draft(
                    ada, [notice("Jane Doe", rectify), Self.completed(rectify)], beside: values))
        } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        _ = try await ledger.appendOne(
            Self.draft(
                ada, [notice("crm-1", rectify), notice("erp-2", rectify), Self.completed(rectify)],
                beside: values))
        let types = try Self.standing(rectify, ledger).steps.map {
            try EntryHeader(canonical: $0.entry.header).type
        }
        #expect(
            types.suffix(3) == [
                "RecipientNoticeQueued", "RecipientNoticeQueued", "DSRCompleted",
            ])
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func anErasureCompletesTheDeletionAndEndsTheRestOfHerRequests() async throws {
        let (ada, bob) = (Drafts.Person("ada"), Drafts.Person("bob"))
        let (fixture, ledger) = try await Self.open(ada, bob)
        let (delete, access, other) = (Drafts.uuid(), Drafts.uuid(), Drafts.uuid())
        try await Self.begin(delete, .delete, of: ada, ledger)
        try await Self.begin(access, .access, of: ada, ledger)
        try await Self.begin(other, .delete, of: bob, ledger)
        #expect(try await ledger.refusal(Self.draft(ada, [Self.completed(delete)])) == .conflict)
        let erased = try await ledger.erase(ada, by: fixture.signer)
        let completion = try #require(erased.completion)
        let found = try Self.standing(delete, ledger)
        #expect(found.record.standing.state == .completed && found.contactID == nil)
        let last = try found.steps.suffix(2).map {
            try EntryHeader(canonical: $0.entry.header).index
        }
        #expect(last == [erased.ordered, completion.index])
        #expect(try Self.standing(access, ledger).record.standing.state == .cancelled)
        #expect(try Self.standing(other, ledger).record.standing.state == .inProgress)
        #expect(try await ledger.refusal(Self.draft(ada, [Self.verified(access)])) == .notFound)
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        await ledger.close()
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let after = try ProjectionDump.lines(fixture.projectionsPath)
        func requests(_ lines: [String]) -> [String] {
            lines.filter {
                ["dsr_", "restriction", "objection"].contains(where: $0.hasPrefix)
            }
        }
        #expect(requests(before) == requests(after) && requests(after).count >= 14)
    }

    @Test func theQueueIsByTheDayAndItsPagesJoin() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        let clearance = try Clearance("s0/i2-s3:c0.c9/i0")
        var ids: [String] = []
        for day in [5, 3, 5, 1, 9, 2] {
            ids.append(Drafts.uuid())
            _ = try await ledger.appendOne(
                Self.draft(
                    ada,
                    [Self.received(ids[ids.count - 1], at: "2025-12-0\(day)T00:00:00.000000Z")]))
        }
        _ = try await ledger.appendOne(
            Self.draft(ada, [DSRCancelled(reason: .duplicate, requestId: ids[3], salt: Self.salt)]))
        func all(_ query: RequestQuery, for clearance: Clearance) throws -> [String] {
            var (query, found) = (query, [String]())
            while true {
                let page = try ledger.requests(query, for: clearance)
                found += page.rows.map(\.id.text)
                guard let next = page.next else { return found }
                query.after = next
            }
        }
        for limit in 1...7 {
            var query = RequestQuery(limit: limit)
            #expect(
                try all(query, for: clearance) == [ids[5], ids[1], ids[0], ids[2], ids[4]])
            query.due = CalendarDate("2026-01-03")
            #expect(try all(query, for: clearance) == [ids[5], ids[1]])
            query.due = nil
            query.state = .cancelled
            #expect(try all(query, for: clearance) == [ids[3]])
        }
        #expect(try all(RequestQuery(limit: 2), for: try Clearance("s0/i0")).isEmpty)
        #expect {
            _ = try ledger.requests(RequestQuery(limit: 201), for: clearance)
        } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func whatIsNoRequestIsRefused() async throws {
        let ada = Drafts.Person("ada")
        let (fixture, ledger) = try await Self.open(ada)
        var bad: [any LedgerEvent] = [
            Self.received("no-uuid"), Self.received(Drafts.uuid().uppercased()),
            Self.received(Drafts.uuid(), .object),
            Self.received(Drafts.uuid(), purposes: ["sales"]),
            Self.received(Drafts.uuid(), .object, purposes: ["no purpose"]),
            Self.received(Drafts.uuid(), at: "2026-01-01"),
            Self.received(Drafts.uuid(), at: "9999-12-31T00:00:00.000000Z"),
        ]
        var elsewhere = Self.received(Drafts.uuid())
        elsewhere.jurisdiction = "Utopia"
        bad.append(elsewhere)
        for event in bad {
            let draft = try Self.draft(ada, [event])
            var code: LedgerStoreError.Code?
            do {
                code = try await ledger.refusal(draft)
            } catch let error as LedgerStoreError {
                code = error.code
            }
            #expect(code == .invalid, "\(event)")
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
