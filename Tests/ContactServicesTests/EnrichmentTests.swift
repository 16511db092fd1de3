import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes
import Synchronization
import Testing

@testable import ContactServices

/// What follows from an enrichment by nobody's asking, and what makes good where it does not go on.
@Suite(.timeLimit(.minutes(1))) struct EnrichmentTests {
    let fixture = Fixture()
    let notices = Notices()

    /// What the runner says.
    final class Notices: Sendable {
        private let state = Mutex<[EnrichmentRunner.Notice]>([])
        var all: [EnrichmentRunner.Notice] { state.withLock { $0 } }
        func add(_ notice: EnrichmentRunner.Notice) { state.withLock { $0.append(notice) } }
    }

    private var service: EnrichmentService {
        EnrichmentService(ledger: fixture.ledger, keeper: fixture.keeper)
    }

    private func runner() -> EnrichmentRunner {
        EnrichmentRunner(
            ledger: fixture.ledger, keeper: fixture.keeper, notify: { [notices] in notices.add($0) }
        )
    }

    /// An enrichment, and what it is about.
    struct Begun {
        let id: EntityID
        let contact: EntityID
        let tokens: [CallbackToken]
    }

    private func ask(
        _ contact: EntityID, vendors: [String] = ["one"], attempts: Int = 1, timeout: Int = 60
    ) async throws -> EnrichmentRequestOutcome {
        let draft = try EnrichmentDraft(
            vendors: vendors, attributeTypes: ["x-0", "phone"], attempts: attempts,
            timeout: timeout)
        let authorized = try await fixture.authorized(.requestEnrichment)
        return try await service.request(
            authorized.validated { () throws(ServiceError) in
                EnrichmentCommand(contact: contact, draft: draft, idempotency: nil)
            })
    }

    private func begun(
        vendors: [String] = ["one"], attempts: Int = 1, timeout: Int = 60
    ) async throws -> Begun {
        let contact = try await fixture.create("ada@example.com", attributes: 1).contactID
        let outcome = try await ask(
            contact, vendors: vendors, attempts: attempts, timeout: timeout)
        return Begun(id: outcome.enrichment.id, contact: contact, tokens: outcome.callbacks)
    }

    @discardableResult
    private func answer(
        _ begun: Begun, _ token: Int = 0, _ values: [(type: String, confidence: Double)]
    ) async throws -> VendorAnswerOutcome {
        let content = VendorAnswer.Content.values(
            try EmailAddress("ada@example.com"),
            try values.map { value in
                VendorAnswer.Value(
                    type: try AttributeType(value.type), value: try AttributeValue("v"),
                    confidence: try Confidence(value.confidence),
                    validity: try ValidityPeriod(from: .now(), until: nil))
            })
        let answers = VendorAnswerService(ledger: fixture.ledger, keeper: fixture.keeper)
        return try await answers.receive(
            VendorAnswer(
                vendor: try await answers.admit(begun.id, begun.tokens[token]), content: content,
                digest: Data(values.map(\.type).joined().utf8), requestID: .random(),
                address: nil))
    }

    /// Of a contact that one vendor knows a surer value of.
    private func answered() async throws -> Begun {
        let begun = try await begun()
        try await answer(begun, 0, [("x-0", 0.9), ("phone", 0.4)])
        return begun
    }

    private func standing(_ begun: Begun) async throws -> EnrichmentView {
        let authorized = try await fixture.authorized(.readEnrichment)
        return try await service.get(
            authorized.validated { () throws(ServiceError) in begun.id })
    }

    /// Types of the entries that it went on by since vendors answered.
    private func steps(_ begun: Begun) async throws -> [String] {
        try await standing(begun).steps.map(\.type).filter {
            $0 != EnrichmentRequested.type && $0 != EnrichmentReceived.type
        }
    }

    private func end(_ begun: Begun) async throws -> (EnrichmentState, String?) {
        let view = try await standing(begun)
        return (view.standing.state, view.standing.reason)
    }

    /// Before the step of this type is decided, once.
    private func before(_ type: String, _ body: @escaping @Sendable () -> Void) {
        let ledger = fixture.ledger
        let once = Once()
        ledger.onAppend {
            guard
                case .append(let request)? = ledger.calls.last(where: { call in
                    if case .append = call { true } else { false }
                }), request.mutations.contains(where: { $0.entries.last?.type == type }),
                once.first()
            else { return }
            body()
        }
    }

    private final class Once: Sendable {
        private let isDone = Mutex(false)
        func first() -> Bool {
            isDone.withLock { done in
                defer { done = true }
                return !done
            }
        }
    }

    private static let done = [
        EnrichmentMerged.type, ProvenanceRecorded.type, AttributeEnriched.type,
        AttributeEnriched.type, ContactEnriched.type,
    ]

    /// A surer value of the type that the vendor knows, by somebody else.
    private func somebodyWrites(_ contact: EntityID) {
        fixture.ledger.change(contact.bytes) { row in
            row.head.version += 1
            guard var attribute = row.attributes.first else { return }
            attribute.id = EntityID.random().text
            attribute.confidence = 10_000
            row.attributes = [attribute]
        }
    }

    // MARK: - The way

    @Test func whatVendorsSentBecomesTheContacts() async throws {
        let begun = try await answered()
        try await runner().run()
        #expect(try await steps(begun) == Self.done)
        let (state, reason) = try await end(begun)
        #expect(state == .completed && reason == nil)
        #expect(notices.all.isEmpty)
        let last = try #require(
            fixture.ledger.appends.last { !$0.mutations.isEmpty })
        #expect(last.credential == FakeKeeper.ticket(""))
        #expect(last.audit.action == "enrichment.advance")
        #expect(last.audit.category == AuditCategory.dataMutation.rawValue)
        // What is done is not done again.
        let appends = fixture.ledger.appends.count
        try await runner().run()
        #expect(fixture.ledger.appends.count - appends == 0)
    }

    @Test func twoAtOnceDoNothingTwice() async throws {
        let begun = try await answered()
        let runners = (0..<4).map { _ in runner() }
        fixture.ledger.reorderAppends(seed: 7)
        await withTaskGroup(of: Void.self) { group in
            for runner in runners { group.addTask { try? await runner.run() } }
        }
        try await runner().run()
        #expect(try await steps(begun) == Self.done)
    }

    @Test func nothingHappensBeforeItsTime() async throws {
        let begun = try await begun()
        try await runner().run()
        #expect(try await steps(begun).isEmpty)
    }

    @Test func whoNeverAnswersEndsIt() async throws {
        fixture.ledger.beginEnrichments(secondsAgo: 120)
        let begun = try await begun()
        try await runner().run()
        #expect(try await steps(begun) == [EnrichmentTimedOut.type, EnrichmentFailed.type])
        let (state, reason) = try await end(begun)
        #expect(state == .failed && reason == "NO_ANSWER")
        // Its token counts no more.
        let late = await code { try await answer(begun, 0, [("phone", 1)]) }
        #expect(late == .conflict)
    }

    @Test func anotherAttemptBeginsWhereOneIsOver() async throws {
        fixture.ledger.beginEnrichments(secondsAgo: 120)
        let begun = try await begun(attempts: 2)
        try await runner().run()
        let vendor = try #require(try await standing(begun).standing.vendors.first)
        #expect(vendor.attempt == 2 && vendor.outcome == nil)
        let late = await code { try await answer(begun, 0, [("phone", 1)]) }
        #expect(late == .conflict)
    }

    // MARK: - What stands against it

    private func stopped(
        _ begun: Begun, _ state: EnrichmentState, _ reason: EnrichmentReason, _ steps: [String]
    ) async throws {
        let (found, why) = try await end(begun)
        #expect(found == state && why == reason.rawValue)
        let taken = try await self.steps(begun)
        #expect(taken == steps)
    }

    static let obstacles: [(EnrichmentReason, @Sendable (FakeLedger, EntityID) -> Void)] = [
        (.restricted, { $0.change($1.bytes) { $0.restricted = true } }),
        (.objected, { $0.change($1.bytes) { $0.objections.append(.init()) } }),
        (.notCovered, { ledger, _ in ledger.withdrawConsents() }),
    ]

    @Test(arguments: 0..<3)
    func beforeTheMergeItEnds(place: Int) async throws {
        let (reason, obstacle) = Self.obstacles[place]
        let begun = try await answered()
        obstacle(fixture.ledger, begun.contact)
        try await runner().run()
        try await stopped(begun, .failed, reason, [EnrichmentFailed.type])
    }

    @Test(arguments: 0..<3)
    func atProvenanceTheMergeIsRolledBack(place: Int) async throws {
        let (reason, obstacle) = Self.obstacles[place]
        let begun = try await answered()
        let (ledger, contact) = (fixture.ledger, begun.contact)
        before(ProvenanceRecorded.type) {
            obstacle(ledger, contact)
            ledger.change(contact.bytes) { $0.head.version += 1 }
        }
        try await runner().run()
        try await stopped(
            begun, .rolledBack, reason, [EnrichmentMerged.type, EnrichmentRolledBack.type])
        #expect(notices.all.isEmpty)
    }

    @Test(arguments: 0..<3)
    func atTheUpdateItIsInconsistentAndSomebodyIsTold(place: Int) async throws {
        let (reason, obstacle) = Self.obstacles[place]
        let begun = try await answered()
        let (ledger, contact) = (fixture.ledger, begun.contact)
        before(ContactEnriched.type) {
            obstacle(ledger, contact)
            ledger.change(contact.bytes) { $0.head.version += 1 }
        }
        try await runner().run()
        try await stopped(
            begun, .inconsistent, reason,
            [EnrichmentMerged.type, ProvenanceRecorded.type, EnrichmentInconsistent.type])
        #expect(notices.all == [.inconsistent(enrichment: begun.id)])
    }

    @Test func aContactThatChangedAtProvenanceIsMergedAnew() async throws {
        let begun = try await answered()
        let (this, contact) = (self, begun.contact)
        before(ProvenanceRecorded.type) { this.somebodyWrites(contact) }
        try await runner().run()
        #expect(
            try await steps(begun) == [
                EnrichmentMerged.type, EnrichmentRolledBack.type, EnrichmentMerged.type,
                ProvenanceRecorded.type, AttributeEnriched.type, ContactEnriched.type,
            ])
        let view = try await standing(begun)
        #expect(view.standing.state == .completed && view.standing.rollbacks == 1)
        #expect(view.standing.decisions.map(\.isTaken) == [false, true])
    }

    @Test func aContactThatChangedAtTheUpdateIsAnAlert() async throws {
        let begun = try await answered()
        let (this, contact) = (self, begun.contact)
        before(ContactEnriched.type) { this.somebodyWrites(contact) }
        try await runner().run()
        try await stopped(
            begun, .inconsistent, .contactChanged,
            [EnrichmentMerged.type, ProvenanceRecorded.type, EnrichmentInconsistent.type])
        #expect(notices.all == [.inconsistent(enrichment: begun.id)])
    }

    /// Somebody wrote something else of it.
    @Test(arguments: [EnrichmentMerged.type, ProvenanceRecorded.type, ContactEnriched.type])
    func aStaleContactIsLookedAtAnew(type: String) async throws {
        let begun = try await answered()
        let (ledger, contact) = (fixture.ledger, begun.contact)
        before(type) { ledger.change(contact.bytes) { $0.head.version += 1 } }
        try await runner().run()
        #expect(try await steps(begun) == Self.done)
        #expect(notices.all.isEmpty)
    }

    @Test func aRefusalAtProvenanceRollsBack() async throws {
        let begun = try await answered()
        let ledger = fixture.ledger
        before(EnrichmentMerged.type) { ledger.fault("append", .invalid, times: 1) }
        try await runner().run()
        try await stopped(
            begun, .rolledBack, .refused, [EnrichmentMerged.type, EnrichmentRolledBack.type])
    }

    @Test func whoeverIsAwayChangesNothing() async throws {
        let begun = try await answered()
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await runner().run() } == .ledgerUnavailable)
        fixture.ledger.fail("append", nil)
        fixture.keeper.fail(.unavailable)
        #expect(await code { try await runner().run() } == .keeperUnavailable)
        fixture.keeper.fail(nil)
        #expect(try await steps(begun).isEmpty)
        // In the middle, too.
        let ledger = fixture.ledger
        before(EnrichmentMerged.type) { ledger.fault("append", .unavailable, times: 1) }
        #expect(await code { try await runner().run() } == .ledgerUnavailable)
        #expect(try await steps(begun) == [EnrichmentMerged.type])
        try await runner().run()
        #expect(try await steps(begun) == Self.done)
    }

    /// One that cannot go on holds up no other.
    @Test func oneThatWaitsDoesNotHoldUpTheOthers() async throws {
        let first = try await answered()
        let contact = try await fixture.create("bob@example.com").contactID
        fixture.ledger.beginEnrichments(secondsAgo: 120)
        let outcome = try await ask(contact)
        let second = Begun(
            id: outcome.enrichment.id, contact: contact, tokens: outcome.callbacks)
        fixture.ledger.fault("append", .unavailable, times: 1)
        #expect(await code { try await runner().run() } == .ledgerUnavailable)
        #expect(try await steps(first).isEmpty)
        #expect(try await end(second).0 == .failed)
    }

    // MARK: - Asking

    @Test(arguments: 0..<3)
    func nobodyIsAskedAboutWhoIsProtected(place: Int) async throws {
        let contact = try await fixture.create("ada@example.com").contactID
        Self.obstacles[place].1(fixture.ledger, contact)
        let refused = await code { try await ask(contact) }
        let codes: [ServiceError.Code] = [.processingRestricted, .objected, .purposeNotCovered]
        #expect(refused == codes[place])
        let requested = fixture.ledger.appends.flatMap(\.mutations).flatMap(\.entries)
            .contains { $0.type == EnrichmentRequested.type }
        #expect(!requested)
    }

    @Test func aContactThatChangedWhileItWasLookedAtIsAConflict() async throws {
        let contact = try await fixture.create("ada@example.com").contactID
        let ledger = fixture.ledger
        before(EnrichmentRequested.type) {
            ledger.change(contact.bytes) { $0.head.version += 1 }
        }
        #expect(await code { try await ask(contact) } == .conflict)
    }

    /// By configuration: in the mutation that the contact is created by, so that neither is there without the other.
    @Test func everyNewContactCanBeginWithOne() async throws {
        let contacts = ContactService(
            ledger: fixture.ledger, keeper: fixture.keeper,
            enriching: try EnrichmentDraft(vendors: ["one"]))
        let authorized = try await fixture.authorized()
        let draft = try Fixture.draft("ada@example.com")
        let created = try await contacts.apply(
            authorized.validated { () throws(ServiceError) in
                MutationCommand(operation: .createContact(draft), idempotency: nil)
            })
        let entries = try #require(fixture.ledger.appends.last?.mutations.first).entries
        #expect(entries.first?.type == ContactCreated.type)
        #expect(entries.last?.type == EnrichmentRequested.type)
        let lister = try await fixture.authorized(.listEnrichments)
        let page = try await service.list(
            lister.validated { () throws(ServiceError) in
                EnrichmentQuery(vendor: "one", cursor: nil, limit: 10)
            })
        #expect(page.enrichments.map(\.contactID) == [created.contactID])
        #expect(page.enrichments.first?.standing.requested.purpose == "sales")
    }
}
