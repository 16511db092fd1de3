import ContactModel
import Foundation
import ServiceFakes
import Testing

@testable import ContactServices

@Suite struct ReadPathTests {
    let fixture = Fixture()

    private func get(_ id: EntityID, role: Role = .dpo) async throws -> ContactView {
        let authorized = try await fixture.authorized(.readContact, role: role)
        return try await fixture.contacts.get(
            authorized.validated { () throws(ServiceError) in id })
    }

    private func find(_ email: String) async throws -> [ContactView] {
        let authorized = try await fixture.authorized(.findContact)
        let address = try EmailAddress(email)
        return try await fixture.contacts.find(
            authorized.validated { () throws(ServiceError) in address })
    }

    @Test func whatWasWrittenIsRead() async throws {
        let created = try await fixture.create("Jane@Example.com", attributes: 2, name: "Jané")
        let contact = try await get(created.contactID)
        #expect(contact.email == "jane@example.com" && contact.fullName == "Jané")
        #expect(contact.attributes.map(\.value) == ["value 0", "value 1"])
        #expect(contact.consents.map(\.purposeCodes) == [["sales"]])
        #expect(try await find("JANE@example.com") == [contact])
    }

    @Test func theAuditEntryIsDurableBeforeTheAnswer() async throws {
        let created = try await fixture.create("jane@example.com")
        let before = fixture.ledger.appends.count
        _ = try await get(created.contactID)
        #expect(fixture.ledger.appends.count == before + 1)
        #expect(fixture.ledger.appends.last?.audit.category == "DATA_ACCESS")
        #expect(fixture.ledger.appends.last?.audit.subject == created.subject)
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await get(created.contactID) } == .ledgerUnavailable)
    }

    @Test func nobodyByThatAddressIsAnAnswerAndAudited() async throws {
        #expect(try await find("nobody@example.com").isEmpty)
        #expect(fixture.ledger.appends.last?.audit.outcome == "ALLOWED")
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await find("nobody@example.com") } == .ledgerUnavailable)
    }

    @Test func anUnknownIdIsNotFoundAndNotYetAudited() async {
        #expect(await code { try await get(.random()) } == .notFound)
        // The gate of the public API records it.
        #expect(fixture.ledger.appends.isEmpty)
    }

    @Test func anUnreadableValueIsSaidNotHidden() async throws {
        let created = try await fixture.create("jane@example.com")
        fixture.keeper.fault(.unreadable)
        #expect(await code { try await get(created.contactID) } == .unreadable)
    }

    @Test(arguments: Action.allCases, Role.allCases)
    func noActionIsPermittedButByItsRoles(action: Action, role: Role) async throws {
        let authenticated = try await fixture.authenticated(role)
        if action.roles.contains(role) {
            #expect(throws: Never.self) { try authenticated.authorized(for: action) }
        } else {
            #expect { try authenticated.authorized(for: action) } throws: {
                ($0 as? ServiceError)?.code == .forbidden
            }
        }
    }

    @Test func readinessNamesWhoIsAway() async {
        let service = ReadinessService(ledger: fixture.ledger, keeper: fixture.keeper)
        #expect(await service.readiness().isReady)
        fixture.keeper.fail(.unavailable)
        let readiness = await service.readiness()
        #expect(!readiness.isReady && readiness.ledger.isReady)
        #expect(readiness.keeper.problem?.contains("chancery-keeper") == true)
    }
}
