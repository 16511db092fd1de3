import AccessControl
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
            authorized.validated { () throws(ServiceError) in
                ContactQuery(id: id, moment: nil)
            })
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

    /// Mandatory access control comes first: neither the purpose nor anything else tells that the contact exists.
    @Test(arguments: [("s1/i1", true), ("s0/i1", false), ("s1/i2", false), ("s3:c7/i0", true)])
    func aContactAboveTheClearanceIsNotThere(_ clearance: String, _ isThere: Bool) async throws {
        let created = try await fixture.create("jane@example.com")
        let caller = Authenticated(
            principal: SecurityPrincipal(
                subject: "s", roles: [.dpo], clearance: try Clearance(clearance), tokenID: "t",
                expiresAt: .distantFuture),
            credential: Data("dpo".utf8), requestID: try RequestID("r"),
            judge: PolicyJudge(policies: try PolicySet.standard()) { _, _ in })
        for purpose in ["sales", "marketing"] {
            let authorized = try caller.authorized(for: .readContact)
                .purposed([PurposeCode(purpose)])
            let expected: ServiceError.Code? =
                isThere ? purpose == "sales" ? nil : .purposeNotCovered : .notFound
            #expect(
                await code {
                    try await fixture.contacts.get(
                        authorized.validated { () throws(ServiceError) in
                            ContactQuery(id: created.contactID, moment: nil)
                        })
                } == expected)
        }
        #expect(fixture.keeperCalls.contains("decrypt") == isThere)
    }

    /// A restriction of one contact holds for whoever finds it by its address, too: as if there were none.
    @Test func aContactThatPoliciesForbidIsNotFound() async throws {
        let (jane, _) = (
            try await fixture.create("jane@example.com"),
            try await fixture.create("joe@example.com")
        )
        let caller = try await fixture.authenticated(
            .dpo,
            policies: """
                permit (principal, action, resource);
                forbid (principal, action, resource == Contact::"\(jane.contactID.text)");
                """)
        for (email, count) in [("jane@example.com", 0), ("joe@example.com", 1)] {
            let authorized = try caller.authorized(for: .findContact)
                .purposed([PurposeCode("sales")])
            let address = try EmailAddress(email)
            let found = try await fixture.contacts.find(
                authorized.validated { () throws(ServiceError) in address })
            #expect(found.count == count, "\(email)")
        }
    }

    /// Whoever looks for what was tried of a contact finds it by the contact.
    @Test func aReadForAnotherPurposeIsRefusedAboutThatContact() async throws {
        let created = try await fixture.create("jane@example.com")
        let authorized = try await fixture.authorized(
            .readContact, role: .dpo, purposes: ["recruiting"])
        let query = try authorized.validated { ContactQuery(id: created.contactID, moment: nil) }
        let error = await #expect(throws: ServiceError.self) {
            _ = try await fixture.contacts.get(query)
        }
        #expect(error?.code == .purposeNotCovered && error?.subject == created.subject)
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

    static let permitted: [(Role, Set<Action>)] = [
        (
            .enrichmentPlatform,
            [
                .createContact, .applyMutations, .readContact, .findContact, .readReceipt,
                .readHistory, .updateContact, .addAttributes, .grantConsent, .revokeConsent,
                .recordSharing, .revokeSharing, .readSharing, .readProvenance, .verifyProvenance,
                .fileRequest, .readRequest, .requestEnrichment, .readEnrichment,
                .listEnrichments, .issueCallbacks,
            ]
        ),
        (.crmSync, [.readContact, .findContact]), (.marketing, [.readContact, .findContact]),
        (.dataSubject, []), (.administrator, [.setPolicies, .readPolicies]),
        (
            .auditor,
            [
                .readEntry, .readReceipt, .proveInclusion, .proveConsistency, .readBundle,
                .listKeys, .readAudit, .readPolicies, .readProvenance, .verifyProvenance,
            ]
        ),
        (
            .dpo,
            [
                .readContact, .findContact, .eraseContact, .relabelContact, .readAudit,
                .readHistory,
                .recordSharing, .revokeSharing, .readSharing, .readProvenance, .verifyProvenance,
                .fileRequest, .readRequest, .listRequests, .workRequest,
                .answerRequest, .placeHold, .releaseHold, .readHolds, .readEnrichment,
            ]
        ),
        (
            .verifier,
            [
                .readEntry, .readReceipt, .proveInclusion, .proveConsistency, .readBundle,
                .listKeys, .readPolicies,
            ]
        ),
        (.operator, [.sealSegment, .correctClock, .rotateKey, .listKeys, .readPolicies]),
    ]

    @Test(arguments: permitted)
    func eachRoleMayDoWhatTheDesignGivesItAndNothingElse(
        role: Role, actions: Set<Action>
    ) async throws {
        let authenticated = try await fixture.authenticated(role)
        for action in Action.allCases {
            let refusal = await code { try authenticated.authorized(for: action) }
            #expect(refusal == (actions.contains(action) ? nil : .forbidden), "\(action)")
        }
        #expect(Set(Self.permitted.map(\.0)) == Set(Role.allCases))
    }

    @Test func readinessNamesWhoIsAway() async {
        let policies = PoliciesInForce(ledger: fixture.ledger)
        let service = ReadinessService(
            ledger: fixture.ledger, keeper: fixture.keeper, policies: policies, memory: .zero)
        #expect(await !service.readiness().isReady)
        await policies.refresh()
        #expect(await service.readiness().isReady)
        fixture.keeper.fail(.unavailable)
        fixture.ledger.ail("the disk is full")
        let readiness = await service.readiness()
        #expect(!readiness.isReady)
        #expect(readiness.ledger == .notReady && readiness.keeper == .silent)
    }

    @Test func manyProbesAskTheDaemonsOnce() async {
        let policies = PoliciesInForce(ledger: fixture.ledger)
        let service = ReadinessService(
            ledger: fixture.ledger, keeper: fixture.keeper, policies: policies,
            memory: .seconds(3_600))
        await policies.refresh()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await service.readiness().isReady } }
            for await isReady in group { #expect(isReady) }
        }
        #expect(fixture.ledgerCalls == ["health"])
        #expect(fixture.keeper.calls.count == 1)
    }

    @Test(
        arguments: [
            ("sales", nil), ("sales_outreach", nil), ("marketing", .purposeNotCovered),
            ("sales_outreachx", .purposeNotCovered), ("sale", .purposeNotCovered),
        ] as [(String, ServiceError.Code?)])
    func aReadIsForAPurposeThatAConsentCovers(
        purpose: String, expected: ServiceError.Code?
    ) async throws {
        let created = try await fixture.create("jane@example.com")
        let authorized = try await fixture.authorized(.readContact, purposes: [purpose])
        let id = created.contactID
        #expect(
            await code {
                try await fixture.contacts.get(
                    authorized.validated { () throws(ServiceError) in
                        ContactQuery(id: id, moment: nil)
                    })
            } == expected)
        // Nothing was decrypted for a purpose that is not covered.
        #expect(fixture.keeperCalls.contains("decrypt") == (expected == nil))
    }

    @Test func aContactOfThousandsOfValuesIsReadInParts() async throws {
        let created = try await fixture.create("jane@example.com", attributes: 64)
        let attributes = try Fixture.draft("a@b.example", attributes: 64).attributes
        for _ in 0..<70 {
            let command = MutationCommand(
                operation: .addAttributes(.contact(created.contactID), attributes),
                idempotency: nil)
            let authorized = try await fixture.authorized(.applyMutations)
            _ = try await fixture.contacts.apply(
                authorized.validated { () throws(ServiceError) in command })
        }
        let contact = try await get(created.contactID)
        #expect(contact.attributes.count == 64 * 71)
        #expect(contact.attributes.last?.value == "value 63")
    }
}
