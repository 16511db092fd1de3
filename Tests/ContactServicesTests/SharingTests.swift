import ContactModel
import Foundation
import ServiceFakes
import Testing

@testable import ContactServices

@Suite struct SharingTests {
    let fixture = Fixture()

    private var service: SharingService {
        SharingService(ledger: fixture.ledger, keeper: fixture.keeper)
    }

    private func record(
        _ contact: EntityID, purpose: String = "sales", basis: LegalBasis = .consent,
        attributes: [String] = ["email"], stated: [String] = ["sales"], key: String? = nil,
        role: Role = .dpo
    ) async throws -> SharingOutcome {
        let draft = try SharingDraft(
            recipient: Recipient(id: "mailer", name: "Mailer Ltd"),
            purpose: PurposeCode(purpose), legalBasis: basis,
            attributes: SharedAttribute.list(attributes), sharedAt: .now(), expiresAt: nil)
        let command = SharingCommand(
            contact: contact, draft: draft, idempotency: try key.map { try Fixture.key($0) })
        let authorized = try await fixture.authorized(
            .recordSharing, role: role, purposes: stated)
        return try await service.record(
            authorized.validated { () throws(ServiceError) in command })
    }

    private func revoke(_ id: String) async throws -> SharingView {
        let authorized = try await fixture.authorized(.revokeSharing, role: .dpo, purposes: [])
        let id = try EntityID(id)
        return try await service.revoke(authorized.validated { () throws(ServiceError) in id })
    }

    private func list(_ key: SharingQuery.Key, policies: String? = nil) async throws
        -> SharingPageView
    {
        let caller =
            if let policies { try await fixture.authenticated(.dpo, policies: policies) } else {
                try await fixture.authenticated(.dpo)
            }
        let query = SharingQuery(key: key, cursor: nil, limit: 10)
        return try await service.list(
            caller.authorized(for: .readSharing).purposed([])
                .validated { () throws(ServiceError) in query })
    }

    @Test(arguments: [Role.dpo, .enrichmentPlatform])
    func whatIsRecordedIsToldByContactAndRecipient(role: Role) async throws {
        let jane = try await fixture.create("jane@example.com", attributes: 1, name: "Jane")
        let outcome = try await record(
            jane.contactID, attributes: ["email", "fullName", "x-0"], role: role)
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.audit.action == "sharing.record" && append.audit.subject == jane.subject)
        #expect(append.mutations.first?.entries.map(\.type) == ["SharingRecorded"])
        #expect(append.mutations.first?.hasExpectedVersion == true)
        // The name goes to the keeper, never to the ledger.
        let payload = try #require(append.mutations.first?.entries.first?.payload)
        #expect(!String(decoding: payload, as: UTF8.self).contains("Mailer"))
        let byContact = try await list(.contact(jane.contactID)).sharings
        let byRecipient = try await list(.recipient(RecipientID("mailer"))).sharings
        #expect(byContact == byRecipient && byContact.map(\.id) == [outcome.id])
        let view = try #require(byContact.first)
        #expect(view.recipientName == "Mailer Ltd" && view.state == .active)
        #expect(view.attributes == ["email", "fullName", "x-0"])
        #expect(view.recorded.index == outcome.mutation.receipt.index)
    }

    @Test(
        arguments: [
            ("sales", .consent, ["sales"], nil),
            ("sales_outreach", .consent, ["sales_outreach"], nil),
            ("marketing", .consent, ["sales"], .purposeNotCovered),
            ("sales", .contract, ["sales"], .purposeNotCovered),
            ("sales", .legitimateInterests, ["sales"], .purposeNotCovered),
            ("sales", .consent, ["marketing"], .purposeNotCovered),
        ] as [(String, LegalBasis, [String], ServiceError.Code?)])
    func itIsRefusedWithoutABasis(
        purpose: String, basis: LegalBasis, stated: [String], expected: ServiceError.Code?
    ) async throws {
        let jane = try await fixture.create("jane@example.com")
        let appends = fixture.ledger.appends.count
        let refusal = await code {
            try await record(jane.contactID, purpose: purpose, basis: basis, stated: stated)
        }
        #expect(refusal == expected)
        // Nothing was sealed for what is refused, and the gate records the refusal.
        #expect(fixture.ledger.appends.count == appends + (expected == nil ? 1 : 0))
    }

    @Test func whatTheContactHasNotIsNotShared() async throws {
        let jane = try await fixture.create("jane@example.com")
        for attribute in ["fullName", "jobTitle"] {
            #expect(
                await code { try await record(jane.contactID, attributes: [attribute]) }
                    == .invalidAttributes)
        }
        #expect(await code { try await record(.random()) } == .notFound)
    }

    /// A withdrawal takes effect for the next request, and between reading and appending, too.
    @Test func aWithdrawalInBetweenRefusesIt() async throws {
        let jane = try await fixture.create("jane@example.com")
        let fixture = fixture
        let optOut = ConsentDraft(
            consentType: .optOut, legalBasis: .consent, purposes: try PurposeCode.list(["sales"]),
            grantedAt: nil)
        fixture.ledger.onAppend {
            fixture.ledger.onAppend(nil)
            let command = MutationCommand(
                operation: .grantConsent(.contact(jane.contactID), optOut), idempotency: nil)
            guard let authorized = try? await fixture.authorized(.applyMutations),
                let validated = try? authorized.validated({ () throws(ServiceError) in command })
            else { return }
            _ = try? await fixture.contacts.apply(validated)
        }
        #expect(await code { try await record(jane.contactID) } == .conflict)
        fixture.ledger.withdrawConsents()
        #expect(await code { try await record(jane.contactID) } == .purposeNotCovered)
    }

    /// Even once nothing covers it any more: it was recorded, and a retry learns that.
    @Test func aRetryGetsTheFirstAnswer() async throws {
        let jane = try await fixture.create("jane@example.com")
        let first = try await record(jane.contactID, key: "k")
        let again = try await record(jane.contactID, key: "k")
        #expect(again.id == first.id && again.mutation.replayed && !first.mutation.replayed)
        fixture.ledger.withdrawConsents()
        let late = try await record(jane.contactID, key: "k")
        #expect(late.id == first.id && late.mutation.receipt == first.mutation.receipt)
        #expect(fixture.ledger.appends.last?.audit.decided.map(\.outcome) == ["REPLAYED"])
        #expect(await code { try await record(jane.contactID, key: "k2") } == .purposeNotCovered)
        fixture.ledger.forget(jane.contactID.bytes)
        #expect(await code { try await record(jane.contactID, key: "k") } == .notFound)
    }

    @Test func aRevocationIsAnsweredAlikeAgain() async throws {
        let jane = try await fixture.create("jane@example.com")
        let recorded = try await record(jane.contactID)
        let first = try await revoke(recorded.id)
        #expect(first.state == .revoked && first.revoked != nil && first.revokedAt != nil)
        let appends = fixture.ledger.appends
        #expect(appends.last?.mutations.first?.entries.map(\.type) == ["SharingRevoked"])
        let again = try await revoke(recorded.id)
        #expect(again == first)
        // It is on record all the same.
        #expect(fixture.ledger.appends.count == appends.count + 1)
        #expect(fixture.ledger.appends.last?.mutations.isEmpty == true)
        #expect(await code { try await revoke(EntityID.random().text) } == .notFound)
    }

    @Test func nothingIsToldBeforeItIsOnRecord() async throws {
        let jane = try await fixture.create("jane@example.com")
        _ = try await record(jane.contactID)
        let recipient = try RecipientID("mailer")
        for key in [SharingQuery.Key.contact(jane.contactID), .recipient(recipient)] {
            fixture.ledger.fail("append", nil)
            #expect(try await list(key).sharings.count == 1)
            #expect(fixture.ledger.appends.last?.audit.action == "sharing.read")
            fixture.ledger.fail("append", .unavailable)
            #expect(await code { try await list(key) } == .ledgerUnavailable)
        }
        fixture.ledger.fail("append", nil)
        #expect(await code { try await list(.contact(.random())) } == .notFound)
    }

    /// What the policies keep from a caller by one contact's id, no list shows.
    @Test func aContactThatPoliciesForbidIsInNoList() async throws {
        let jane = try await fixture.create("jane@example.com")
        let joe = try await fixture.create("joe@example.com")
        for person in [jane, joe] { _ = try await record(person.contactID) }
        let policies = """
            permit (principal, action, resource);
            forbid (principal, action, resource == Contact::"\(jane.contactID.text)");
            """
        let page = try await list(.recipient(RecipientID("mailer")), policies: policies)
        #expect(page.sharings.map(\.contact) == [joe.contactID])
        #expect(
            try await list(.contact(jane.contactID), policies: policies).sharings.isEmpty)
    }
}
