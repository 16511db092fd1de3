import AccessControl
import ContactModel

/// A read of a contact for a purpose, judged by mandatory access control and 50 policies: 45 that permit roles actions under
/// conditions, 5 that forbid.
struct PolicySample {
    private let set: PolicySet
    private let facts: RequestFacts
    private let clearance: SecurityLabel
    private let label: SecurityLabel

    private static let actions = [
        "contact.read", "contact.find", "contact.create", "mutations.apply", "entry.read",
    ]

    init(unscoped: Bool = false) throws {
        let permits = (0..<45).map { number in
            let action = unscoped ? "action" : "action == Action::\"\(Self.actions[number / 9])\""
            return """
                permit (principal in Role::"\(Role.allCases[number % 9].rawValue)", \(action), resource is Contact)
                when { context has purpose && context.purpose in [Purpose::"sales", Purpose::"dsr"] }
                unless { context.hasClientCertificate && principal == Principal::"someone-\(number)" };
                """
        }
        let forbids = (0..<5).map { number in
            """
            forbid (principal, action, resource is Contact)
            when { context has purpose && context.purpose in Purpose::"forbidden_\(number)" };
            """
        }
        set = try PolicySet((permits + forbids).joined(separator: "\n"))
        facts = try Self.facts()
        clearance = try SecurityLabel("s2:c0.c3,c7/i1;noforn")
        label = try SecurityLabel("s1:c2,c7/i1")
    }

    private static func facts() throws -> RequestFacts {
        try RequestFacts(
            subject: "platform-1", roles: [.enrichmentPlatform, .verifier], action: "contact.read",
            resourceType: "contact", resourceID: "6f3bd5f0-97a7-4f53-9a3c-0d4d0e8f8e37",
            purpose: PurposeCode("sales_outreach"))
    }

    func decide() -> Bool { decide(facts) }

    func decideAnew() throws -> Bool { decide(try Self.facts()) }

    private func decide(_ facts: RequestFacts) -> Bool {
        clearance.dominates(label)
            && set.decide(facts.request, entities: facts.entities).outcome == .allow
    }
}
