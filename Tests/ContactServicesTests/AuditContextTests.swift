import AccessControl
import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

/// What audit entries tell of how a request came.
@Suite struct AuditContextTests {
    let fixture = Fixture()

    private func authenticator() async -> Authenticator {
        let policies = PoliciesInForce(ledger: fixture.ledger)
        await policies.refresh()
        return Authenticator(
            authority: FakeAuthority(), policies: policies,
            refusals: RefusalLog(ledger: fixture.ledger),
            sources: SourceAddresses(keeper: fixture.keeper))
    }

    private func sealings() -> Int { fixture.keeperCalls.count { $0 == "sealAddress" } }

    @Test func addressCertificateAndPoliciesAreTold() async throws {
        let thumbprint = Data(repeating: 7, count: 32)
        let caller = try await authenticator().authenticate(
            token: "dpo",
            certificate: ClientCertificate(
                subject: "subject-dpo", thumbprint: thumbprint, der: Data()),
            address: "203.0.113.7", requestID: RequestID("r"))
        let created = try await fixture.create("jane@example.com")
        let authorized = try caller.authorized(for: .readContact)
            .purposed([PurposeCode("sales")])
        _ = try await fixture.contacts.get(
            authorized.validated { () throws(ServiceError) in
                ContactQuery(id: created.contactID, moment: nil)
            })
        let context = try #require(fixture.ledger.appends.last).context
        #expect(context.policyIds == ["dpo.contacts"])
        #expect(context.certificate == thumbprint)
        #expect(
            FakeKeeper.invert(context.sourceAddress.ciphertext) == Data("203.0.113.7".utf8))
        // The keeper has it, the ledger never.
        #expect(!"\(fixture.ledger.calls)".contains("203.0.113.7"))
    }

    @Test func oneCallerAtOneAddressIsSealedOnce() async throws {
        let door = await authenticator()
        for (token, address) in [
            ("dpo", "203.0.113.7"), ("dpo", "203.0.113.7"), ("dpo", "203.0.113.8"),
            ("operator", "203.0.113.7"), ("dpo", "203.0.113.7"),
        ] {
            _ = try await door.authenticate(
                token: token, address: address, requestID: RequestID("r"))
        }
        #expect(sealings() == 3)
        _ = try await door.authenticate(token: "dpo", requestID: RequestID("r"))
        #expect(sealings() == 3)
    }

    /// An operator must be able to act while no key of a new day can be drawn.
    @Test func aKeeperThatCannotSealNowKeepsNobodyOut() async throws {
        let door = await authenticator()
        fixture.keeper.fault(.unavailable)
        let caller = try await door.authenticate(
            token: "operator", address: "203.0.113.7", requestID: RequestID("r"))
        #expect(!caller.auditContext([]).hasSourceAddress)
        fixture.keeper.fault(nil)
        // Nor is it asked again at once: others wait behind it.
        let again = try await door.authenticate(
            token: "operator", address: "203.0.113.7", requestID: RequestID("r"))
        #expect(!again.auditContext([]).hasSourceAddress && sealings() == 1)
        let other = try await door.authenticate(
            token: "operator", address: "203.0.113.8", requestID: RequestID("r"))
        #expect(other.auditContext([]).hasSourceAddress)
    }

    @Test func linesOfABulkNameEachPolicyThatDecided() async throws {
        var group = BulkGroup(number: 0)
        group.add(policies: ["a", "b"])
        group.add(policies: ["b", "c"])
        #expect(group.policies == ["a", "b", "c"])
        group.add(policies: (0..<100).map { "p\($0)" })
        #expect(group.policies.count == ModelLimits.auditPolicies)
    }

    // MARK: - Reading the trail

    private func row(_ index: UInt64, address: WireSealedValue?) throws -> WireAuditRow {
        let event = AuditEvent(
            action: "contact.read", category: .dataAccess, outcome: .allowed, principal: "p-1",
            purpose: "sales", reason: nil, requestId: "r-\(index)", resourceType: "contact",
            salt: Data(count: 16),
            context: try #require(
                AuditContext(
                    policyIDs: ["a"], certificate: nil,
                    sourceAddress: address.flatMap { EncryptedValue($0) })))
        let header = try EntryHeader(
            generation: 3, index: index, time: .earliest,
            id: UUIDv7.make(time: .earliest, words: (1, 2)), stream: .audit, type: AuditEvent.type,
            actor: "p-1", label: "s1:c1023/i1", subject: nil, subjectVersion: nil,
            subjectPrevious: nil, previous: index == 0 ? nil : .zero, payloadHash: .zero)
        var row = WireAuditRow()
        row.generation = 3
        row.header = Data(header.canonicalBytes())
        row.payload = EventCoding.encode(event)
        return row
    }

    private func page(_ query: AuditQuery = AuditQuery()) async throws -> AuditPageView {
        let authorized = try await fixture.authorized(.readAudit, role: .auditor, purposes: [])
        return try await AuditQueryService(ledger: fixture.ledger, keeper: fixture.keeper)
            .page(authorized.validated { () throws(ServiceError) in query })
    }

    @Test func eventsAreShownWithTheAddressesOpened() async throws {
        var sealed = WireSealedValue()
        sealed.ciphertext = FakeKeeper.invert(Data("203.0.113.7".utf8))
        sealed.keyID = "DEK-20261123"
        sealed.algorithm = "AES-256-GCM"
        sealed.iv = Data(count: 12)
        sealed.authTag = Data(count: 16)
        var shown = WireAuditPage()
        shown.rows = [
            try row(9, address: nil), try row(8, address: sealed), try row(7, address: nil),
        ]
        shown.next = 7
        shown.subject = Data(repeating: 5, count: 16)
        fixture.ledger.show(shown)
        let page = try await page()
        #expect(page.events.map(\.index) == [9, 8, 7] && page.next == 7)
        #expect(page.events.map(\.sourceAddress) == [nil, "203.0.113.7", nil])
        #expect(page.events.allSatisfy { $0.event.policyIds == ["a"] && $0.generation == 3 })
        let audit = try #require(fixture.ledger.appends.last?.audit)
        #expect(audit.action == "audit.read" && audit.subject == shown.subject)
        guard case .openAddresses(let asked)? = fixture.keeper.calls.last else {
            Issue.record("no address was opened")
            return
        }
        #expect(asked.items.map(\.label) == ["s1:c1023/i1"])
    }

    @Test func lookingAtTheTrailIsOnRecordBeforeItIsTold() async throws {
        fixture.ledger.fail("append", .unavailable)
        #expect(await code { try await page() } == .ledgerUnavailable)
        fixture.ledger.fail("append", nil)
        fixture.ledger.show(.with { $0.rows = [.init()] })
        #expect(await code { try await page() } == .internalError)
    }
}
