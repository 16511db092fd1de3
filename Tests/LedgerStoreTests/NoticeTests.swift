import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// Article 19: whom data was given is queued for notice with the order to erase, by the ledger itself, and told once.
@Suite(.timeLimit(.minutes(2))) struct NoticeTests {
    private static let officer = try? Clearance("s0/i2-s3:c0.c9/i0")
    private static var clearance: Clearance { officer ?? .default }
    private static let actor = LedgerActor(id: "dpo-1", clearance: clearance)

    private static func share(
        _ person: Drafts.Person, with recipient: String
    ) throws -> MutationDraft {
        let event = SharingRecorded(
            attributes: ["email"], expiresAt: nil, legalBasis: .consent, purpose: "sales",
            recipientId: recipient, recipientName: try Drafts.sealed(Data("name".utf8)),
            sharedAt: "2026-11-27T12:00:00.000000Z", sharingId: Drafts.uuid())
        return MutationDraft(
            entries: [try Drafts.entry(.sharing, event)], subject: person.subject)
    }

    private static func open(
        sharedWith recipients: [String], most: Int = 1_000
    ) async throws -> (LedgerFixture, Ledger, Drafts.Person) {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.noticesPerErasure = most }
        let ada = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(ada))
        for recipient in recipients {
            _ = try await ledger.appendOne(share(ada, with: recipient))
        }
        return (fixture, ledger, ada)
    }

    private static func delivery(_ recipient: String) throws -> NoticeDelivery {
        NoticeDelivery(
            recipient: recipient, channel: .email,
            notifiedAt: try #require(Timestamp(text: "2025-12-31T00:00:00.000000Z")))
    }

    private static func code(
        _ body: () async throws -> Void
    ) async throws -> LedgerStoreError.Code? {
        do {
            try await body()
            return nil
        } catch let error as LedgerStoreError { return error.code }
    }

    @Test func everyRecipientIsQueuedBehindTheOrderAndOnce() async throws {
        let (fixture, ledger, ada) = try await Self.open(
            sharedWith: ["erp-2", "crm-1", "erp-2"])
        let erasure = try await ledger.erase(ada, by: fixture.signer)
        let ordered = try EntryHeader(canonical: ledger.entry(at: erasure.ordered).header)
        #expect(erasure.id.text == ordered.id)
        for (offset, recipient) in ["crm-1", "erp-2"].enumerated() {
            let entry = try ledger.entry(at: erasure.ordered + 1 + UInt64(offset))
            let header = try EntryHeader(canonical: entry.header)
            let event = try EventCoding.decode(RecipientNoticeQueued.self, from: entry.payload)
            #expect(header.subject == ada.subject && header.actor == "dpo-1")
            #expect(event.recipient == recipient && event.requestId == ordered.id)
            #expect(event.omitted == nil)
        }
        let audit = try ledger.entry(at: erasure.ordered + 3)
        let told = try EventCoding.decode(AuditEvent.self, from: audit.payload)
        #expect(told.mutations.first?.count == 3)
        let list = try ledger.notices(of: erasure.id, for: Self.clearance)
        #expect(list.rows.map(\.record.recipient) == ["crm-1", "erp-2"] && list.omitted == 0)
        #expect(list.rows.allSatisfy { $0.notified == nil })
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// A sharing that is in the same group as the order is not projected yet.
    @Test func aSharingOfTheSameGroupCounts() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: ["crm-1"])
        let id = try #require(try ledger.contact(id: ada.id))
        let order = ErasureOrdered(
            requestId: "r", salt: Salt.random(),
            ticket: try fixture.signer.ticket(
                ReindexItem(
                    subject: ada.subject, entity: id.entity, field: "contactId", label: "s1/i1",
                    value: try Drafts.sealed(ada.id.bytes))))
        let erase = MutationDraft(
            entries: [try Drafts.entry(.dsr, order)], subject: ada.subject)
        let result = try await ledger.append(
            Drafts.append([try Self.share(ada, with: "new-3"), erase]))
        guard case .receipt(let receipt) = result.mutations.last else {
            Issue.record("the order was refused")
            return
        }
        #expect(receipt.count == 3)
        let erasure = try EntryHeader(canonical: ledger.entry(at: receipt.index).header)
        let list = try ledger.notices(of: EntityID(erasure.id), for: Self.clearance)
        #expect(list.rows.map(\.record.recipient) == ["crm-1", "new-3"])
        await ledger.close(sealing: false)
    }

    /// Those who were given the data first keep their place, whatever is recorded later.
    @Test func whereThereIsNoRoomTheLastNoticeSaysHowMany() async throws {
        let (fixture, ledger, ada) = try await Self.open(
            sharedWith: ["d", "e", "a", "b", "d", "c"], most: 3)
        let erasure = try await ledger.erase(ada, by: fixture.signer)
        let list = try ledger.notices(of: erasure.id, for: Self.clearance)
        #expect(list.rows.map(\.record.recipient) == ["a", "d", "e"] && list.omitted == 2)
        let evidence = try ledger.erasureEvidence(of: erasure.id, for: Self.clearance)
        #expect(try ErasureStatement(evidence).omittedRecipients == 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func whoIsQueuedIsToldOnceAndNobodyElse() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: ["crm-1", "erp-2"])
        let erasure = try await ledger.erase(ada, by: fixture.signer)
        func note(_ recipient: String, by actor: LedgerActor = Self.actor) async throws {
            try await ledger.note(
                Self.delivery(recipient), of: erasure.id, actor: actor, requestID: "r")
        }
        let stranger = try await Self.code { try await note("nobody-9") }
        #expect(stranger == .notFound)
        let low = LedgerActor(id: "dpo-2", clearance: try Clearance("s0/i2-s0/i0"))
        let hidden = try await Self.code { try await note("crm-1", by: low) }
        #expect(hidden == .notFound)
        try await note("crm-1")
        let again = try await Self.code { try await note("crm-1") }
        #expect(again == .conflict)
        // By somebody else's word it is not queued for anybody.
        let forged = RecipientNotified(
            channel: .email, notifiedAt: "2026-01-01T00:00:00.000000Z", recipient: "erp-2",
            requestId: erasure.id.text, salt: Salt.random())
        let refused = try await Self.code {
            _ = try await ledger.append(
                Drafts.append([
                    MutationDraft(
                        entries: [try Drafts.entry(.dsr, forged)], subject: ada.subject)
                ]))
        }
        #expect(refused == .invalid)
        let rows = try ledger.notices(of: erasure.id, for: Self.clearance).rows
        #expect(rows.map { $0.notified != nil } == [true, false])
        #expect(rows[0].record.delivery?.channel == "EMAIL")
        // Two at once, in one group or in two: one entry.
        async let first = Self.code { try await note("erp-2") }
        async let second = Self.code { try await note("erp-2") }
        let codes = try await [first, second]
        #expect(Set(codes) == [nil, .conflict])
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        let after = try ProjectionDump.lines(fixture.projectionsPath)
        func notices(_ lines: [String]) -> [String] {
            lines.filter { $0.hasPrefix("notice") || $0.hasPrefix("erased") }
        }
        #expect(notices(before) == notices(after) && notices(after).count >= 3)
    }

    private static func file(_ id: String, _ kind: DSRKind) -> DSRReceived {
        DSRReceived(
            channel: .email, jurisdiction: "DE", kind: kind, purposeCodes: [],
            receivedAt: "2026-01-01T00:00:00.000000Z", requestId: id, salt: Salt.random())
    }

    /// A delivery of whatever request stands in the chain of the erasure's entries, too.
    @Test func aDeliveryOfAnOlderRequestLeavesNoGapInTheCertificate() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: ["crm-1", "erp-2"])
        let request = Drafts.uuid()
        let steps: [[any LedgerEvent]] = [
            [Self.file(request, .restrict)],
            [
                DSRIdentityVerified(
                    method: .emailConfirmed, requestId: request, salt: Salt.random())
            ],
            [DSRStarted(requestId: request, salt: Salt.random())],
            [
                ProcessingRestricted(requestId: request, salt: Salt.random()),
                RecipientNoticeQueued(
                    recipient: "crm-1", requestId: request, salt: Salt.random()),
                RecipientNoticeQueued(
                    recipient: "erp-2", requestId: request, salt: Salt.random()),
                DSRCompleted(
                    outcome: .completed, reasons: [], requestId: request, salt: Salt.random()),
            ],
        ]
        for events in steps {
            let entries = try events.map { try Drafts.entry(.dsr, $0) }
            let refused = try await ledger.refusal(
                MutationDraft(entries: entries, subject: ada.subject))
            try #require(refused == nil)
        }
        let id = try EntityID(request)
        func note(_ recipient: String) async throws {
            try await ledger.note(
                Self.delivery(recipient), of: id, actor: Self.actor, requestID: "r")
        }
        fixture.signer.change { $0.cannotForget = true }
        let erasure = try await ledger.erase(ada, by: fixture.signer)
        #expect(erasure.completion == nil)
        try await note("crm-1")
        fixture.signer.change { $0.cannotForget = false }
        while try ledger.projections.read({ try $0.openErasures().count }) > 0 {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await note("erp-2")
        let evidence = try ledger.erasureEvidence(of: erasure.id, for: Self.clearance)
        let statement = try ErasureStatement(evidence)
        #expect(statement.recipients == ["crm-1", "erp-2"])
        let types = try evidence.map { try EntryHeader(canonical: $0.header).type }
        #expect(
            types == [
                "ErasureOrdered", "RecipientNoticeQueued", "RecipientNoticeQueued",
                "RecipientNotified", "SubjectErased",
            ])
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Else what is asked by the id of an erasure would be answered with somebody else's request.
    @Test func noRequestTakesTheIDOfAnErasure() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: ["crm-1"])
        let erasure = try await ledger.erase(ada, by: fixture.signer)
        let bob = Drafts.Person("bob")
        _ = try await ledger.appendOne(Drafts.create(bob))
        let refused = try await ledger.refusal(
            MutationDraft(
                entries: [try Drafts.entry(.dsr, Self.file(erasure.id.text, .access))],
                subject: bob.subject))
        #expect(refused == .conflict)
        let list = try ledger.notices(of: erasure.id, for: Self.clearance)
        #expect(list.subject == ada.subject && list.rows.count == 1)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func anOrderToEraseStandsAlone() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: [])
        let order = ErasureOrdered(
            requestId: "r", salt: Salt.random(), ticket: Data(repeating: 1, count: 64))
        let entries = [try Drafts.entry(.dsr, order)] + (try Drafts.enrich(ada).entries)
        let code = try await Self.code {
            _ = try await ledger.append(
                Drafts.append([MutationDraft(entries: entries, subject: ada.subject)]))
        }
        #expect(code == .invalid)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// A request for the erasure leads to its notices, and they are part of its steps.
    @Test func aRequestLeadsToWhatItsErasureQueued() async throws {
        let (fixture, ledger, ada) = try await Self.open(sharedWith: ["crm-1"])
        let request = Drafts.uuid()
        for event: any LedgerEvent in [
            Self.file(request, .delete),
            DSRIdentityVerified(
                method: .emailConfirmed, requestId: request, salt: Salt.random()),
            DSRStarted(requestId: request, salt: Salt.random()),
        ] {
            _ = try await ledger.appendOne(
                MutationDraft(entries: [try Drafts.entry(.dsr, event)], subject: ada.subject))
        }
        let id = try EntityID(request)
        let early = try await Self.code {
            _ = try ledger.erasureEvidence(of: id, for: Self.clearance)
        }
        #expect(early == .conflict)
        _ = try await ledger.erase(ada, by: fixture.signer)
        try await ledger.note(
            Self.delivery("crm-1"), of: id, actor: Self.actor, requestID: "r")
        let list = try ledger.notices(of: id, for: Self.clearance)
        #expect(list.rows.map(\.record.recipient) == ["crm-1"])
        let types = try ledger.request(id, evidence: true, for: Self.clearance).steps.map {
            try EntryHeader(canonical: $0.entry.header).type
        }
        #expect(
            types.suffix(4) == [
                "ErasureOrdered", "RecipientNoticeQueued", "SubjectErased", "RecipientNotified",
            ])
        let statement = try ErasureStatement(
            ledger.erasureEvidence(of: id, for: Self.clearance))
        #expect(statement.subject == ada.subject && statement.recipients == ["crm-1"])
        #expect(statement.epochBefore == 1 && statement.epochAfter == 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
