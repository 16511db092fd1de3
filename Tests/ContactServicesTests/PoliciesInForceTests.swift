import AccessControl
import ContactModel
import ProcessBoundary
import ServiceFakes
import Synchronization
import Testing

@testable import ContactServices

/// Which policies a request is judged by, and what is told of them.
@Suite struct PoliciesInForceTests {
    private let fixture = Fixture()
    private let notices = Notices()
    private let policies: PoliciesInForce

    private final class Notices: Sendable {
        private let list = Mutex<[PolicyNotice]>([])
        var all: [PolicyNotice] { list.withLock { $0 } }
        func add(_ notice: PolicyNotice) { list.withLock { $0.append(notice) } }
    }

    init() {
        let notices = notices
        policies = PoliciesInForce(ledger: fixture.ledger) { notices.add($0) }
    }

    private func authenticate(_ role: Role) async throws -> Authenticated {
        try await Authenticator(
            authority: FakeAuthority(), policies: policies,
            refusals: RefusalLog(ledger: fixture.ledger),
            sources: SourceAddresses(keeper: fixture.keeper)
        ).authenticate(token: role.rawValue, requestID: RequestID("r"))
    }

    private func refusal(of role: Role, _ action: Action = .listKeys) async -> ServiceError.Code? {
        await code { try await authenticate(role).authorized(for: action).purposed([]) }
    }

    private static let nothing = "// nothing is permitted"

    @Test func nobodyIsLetInBeforeTheyAreKnown() async {
        #expect(await refusal(of: .operator) == .ledgerUnavailable)
        fixture.ledger.fail("policyInForce", .unavailable)
        await policies.refresh()
        #expect(!policies.areKnown)
        #expect(await refusal(of: .operator) == .ledgerUnavailable)
        fixture.ledger.fail("policyInForce", nil)
        await policies.refresh()
        #expect(await refusal(of: .operator) == nil)
        #expect(notices.all == [.inForce(version: 0)])
    }

    @Test func aChangeElsewhereCountsFromTheNextLookOn() async throws {
        await policies.refresh()
        let before = try await authenticate(.operator)
        fixture.ledger.set(policies: Self.nothing)
        #expect(await refusal(of: .operator) == nil)
        await policies.refresh()
        #expect(await refusal(of: .operator) == .forbidden)
        // By one set from begin to end.
        _ = try before.authorized(for: .listKeys).purposed([])
        await policies.refresh()
        #expect(notices.all.count == 2)
    }

    @Test func followingFindsAChangeByItself() async throws {
        let following = Task { await policies.follow() }
        while await refusal(of: .operator) != nil { try await Task.sleep(for: .milliseconds(5)) }
        fixture.ledger.set(policies: Self.nothing)
        while await refusal(of: .operator) != .forbidden {
            try await Task.sleep(for: .milliseconds(5))
        }
        following.cancel()
        await following.value
    }

    @Test func whileTheLedgerIsAwayTheLastOnesStay() async {
        fixture.ledger.set(policies: Self.nothing)
        await policies.refresh()
        fixture.ledger.fail("policyInForce", .noReply)
        await policies.refresh()
        #expect(await refusal(of: .operator) == .forbidden)
    }

    /// Of a newer version, say: whoever cannot read them must not judge by others.
    @Test func thoseThatCannotBeReadLetNobodyInButWhoSetsOthers() async {
        await policies.refresh()
        fixture.ledger.set(policies: "permit (")
        for _ in 0..<3 { await policies.refresh() }
        #expect(!policies.areKnown)
        for role in Role.allCases {
            #expect(
                await refusal(of: role, .readPolicies)
                    == (role == .administrator ? nil : role.mayRead))
        }
        #expect(await refusal(of: .operator) == .ledgerUnavailable)
        #expect(await refusal(of: .administrator, .setPolicies) == nil)
        fixture.ledger.set(policies: AccessControl.PolicySet.defaultText)
        await policies.refresh()
        #expect(await refusal(of: .operator) == nil)
        // Each change once, although each look found the problem.
        #expect(notices.all.count == 3)
    }

    @Test func policiesThatCannotBeEvaluatedAreToldOnceInAWhile() async throws {
        fixture.ledger.set(
            policies: """
                permit (principal, action, resource);
                @id("late") forbid (principal, action, resource) when { context.hour > 20 };
                @id("early") permit (principal, action, resource) when { 1 < "a" };
                """)
        await policies.refresh()
        for _ in 0..<5 { #expect(await refusal(of: .operator) == nil) }
        let skipped = notices.all.dropFirst()
        #expect(
            Array(skipped) == [
                .skipped(policy: "late", forbids: true, error: .noSuchAttribute),
                .skipped(policy: "early", forbids: false, error: .type),
            ])
        fixture.ledger.set(
            policies: """
                permit (principal, action, resource);
                @id("late") forbid (principal, action, resource) when { context.hour > 21 };
                """)
        await policies.refresh()
        #expect(await refusal(of: .operator) == nil)
        #expect(notices.all.count == 5)
    }

    @Test func policiesSeeTheContactThatARequestNames() async throws {
        fixture.ledger.set(
            policies: """
                permit (principal, action, resource);
                forbid (principal, action, resource == Contact::"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c");
                """)
        await policies.refresh()
        let permitted = try await authenticate(.dpo).authorized(for: .readContact)
        let sales = try PurposeCode("sales")
        _ = try permitted.purposed([sales], on: "00000000-0000-4000-8000-000000000000")
        for purposes in [[], [sales]] {
            let error = #expect(throws: ServiceError.self) {
                try permitted.purposed(purposes, on: "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c")
            }
            #expect(error?.policies == ["policy1"])
        }
    }
}

extension Role {
    /// Why a role may not read policies that nobody can read: by the table, or by those in their place.
    fileprivate var mayRead: ServiceError.Code {
        Action.readPolicies.roles.contains(self) ? .ledgerUnavailable : .forbidden
    }
}
