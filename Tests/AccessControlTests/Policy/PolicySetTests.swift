import Testing

@testable import AccessControl

@Suite struct PolicySetTests {
    static let alice = EntityUID("Principal", "alice")
    static let read = EntityUID("Action", "contact.read")
    static let contact = EntityUID("Contact", "c1")

    func decide(
        _ source: String, context: [PolicyText: PolicyValue] = [:], _ entities: [Entity] = []
    ) throws -> Decision {
        try PolicySet(source).decide(
            AuthorizationRequest(
                principal: Self.alice, action: Self.read, resource: Self.contact, context: context),
            entities: try Entities(entities))
    }

    @Test func nothingPermitsByItself() throws {
        #expect(try decide("") == Decision(outcome: .deny, reasons: [], errors: []))
        let decision = try decide("permit(principal, action, resource) when { false };")
        #expect(decision == Decision(outcome: .deny, reasons: [], errors: []))
    }

    @Test func forbidWinsOverAnyPermitWhereverItStands() throws {
        for source in [
            "permit(principal,action,resource); @id(\"no\") forbid(principal,action,resource);",
            "@id(\"no\") forbid(principal,action,resource); permit(principal,action,resource);",
        ] {
            let decision = try decide(source)
            #expect(decision.outcome == .deny)
            #expect(decision.reasons == ["no"])
        }
    }

    /// As in Cedar, an erring `forbid` does not forbid: the error says so to whoever looks.
    @Test func erringPolicyIsSkippedAndReportedWithItsPlace() throws {
        let decision = try decide(
            """
            permit(principal, action, resource);
            forbid(principal, action, resource)
            when { context.hour < 8 };
            """)
        #expect(decision.outcome == .allow)
        let error = try #require(decision.errors.first)
        #expect(error.policy == "policy1")
        #expect(error.error.cause == .noSuchAttribute("hour"))
        #expect("\(error.error)".hasPrefix("3:15: "))
    }

    @Test func canonicallyEquivalentStringsAreTwo() throws {
        let source = #"permit(principal, action, resource) when { context.s == "\u{e9}" };"#
        #expect(try decide(source, context: ["s": .string("\u{e9}")]).outcome == .allow)
        #expect(try decide(source, context: ["s": .string("e\u{301}")]).outcome == .deny)
    }

    @Test func roleOfARoleCounts() throws {
        let auditor = EntityUID("Role", "auditor")
        let source = #"permit(principal in Role::"verifier", action, resource);"#
        let entities = [
            Entity(Self.alice, parents: [auditor]),
            Entity(auditor, parents: [EntityUID("Role", "verifier")]),
        ]
        #expect(try decide(source, entities).outcome == .allow)
        #expect(try decide(source, Array(entities.dropLast())).outcome == .deny)
    }

    @Test func policiesOfActionGroupsAreFoundInTheOrderOfTheText() throws {
        let source = """
            permit(principal, action in Action::"reading", resource);
            permit(principal, action, resource);
            permit(principal, action in [Action::"contact.read", Action::"reading"], resource);
            permit(principal, action == Action::"contact.erase", resource);
            permit(principal, action == Action::"reading", resource);
            """
        let group = Entity(Self.read, parents: [EntityUID("Action", "reading")])
        #expect(try decide(source, [group]).reasons == ["policy0", "policy1", "policy2"])
        #expect(try decide(source).reasons == ["policy1", "policy2"])
    }

    @Test func policyIsFoundByItsIdWithItsText() throws {
        let set = try PolicySet(
            """
            // Who reads.
            @id("dpo.reads")
            permit(principal in Role::"dpo", action, resource) ;  // always
            forbid(principal, action, resource);
            """)
        #expect(set.policies.map(\.id) == ["dpo.reads", "policy1"])
        let policy = try #require(set[id: "dpo.reads"])
        #expect(policy.position == PolicyPosition(line: 3, column: 1))
        #expect(policy.text.hasSuffix(#"permit(principal in Role::"dpo", action, resource) ;"#))
        #expect(policy.text.contains("@id"))
        #expect(set.policies[1].text.hasSuffix("forbid(principal, action, resource);"))
    }

    @Test func entitiesThatContradictAreRefused() throws {
        let a = EntityUID("Role", "a")
        let b = EntityUID("Role", "b")
        #expect(throws: EntitiesError.duplicate(a)) { try Entities([Entity(a), Entity(a)]) }
        #expect(throws: EntitiesError.cycle(a)) {
            try Entities([Entity(a, parents: [b]), Entity(b, parents: [a])])
        }
    }
}
