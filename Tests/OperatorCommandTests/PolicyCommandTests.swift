import AccessControl
import Foundation
import Testing

@testable import chancery

@Suite struct PolicyCommandTests {
    private func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("policy-\(UUID().uuidString)")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    @Test func wrongPolicyIsNamedWithItsPlace() throws {
        let path = try file(
            "permit (principal, action, resource)\nwhen { ip(\"::1\").isLoopback() };")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: OperatorError.self) { try PolicyFile.load(path) }
        #expect(error?.code == .badInput)
        #expect(error?.message.hasPrefix("\(path):2:8: `ip` is not supported") == true)
    }

    @Test func wrongCaseIsNamedWithItsField() throws {
        let path = try file(#"{"why": "", "roles": ["dpo"], "asks": [{"resource": "contact"}]}"#)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: OperatorError.self) { try PolicyFile.loadCase(path) }
        #expect(error?.message.contains("actions") == true)
    }

    @Test func explanationShowsPoliciesPlacesAndErrors() throws {
        let path = try file(
            """
            @id("reads") permit (principal in Role::"dpo", action, resource);
            @id("late") forbid (principal, action, resource) when { context.hour > 20 };
            """)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let facts = try RequestFacts(
            subject: "a", roles: [.dpo], action: "contact.read", resourceType: "contact")
        let text = PolicyExplanation(set: try PolicyFile.load(path), file: "x.cedar")
            .text(facts.request, facts.entities)
        #expect(
            text == """
                allow
                  by reads, x.cedar:1:14
                    @id("reads") permit (principal in Role::"dpo", action, resource);
                  skipped late, x.cedar:2:64: there is no attribute "hour"; ask with `has` first
                """)
    }

    @Test func nothingPermitsIsSaid() throws {
        let facts = try RequestFacts(
            subject: "a", roles: [.operator], action: "contact.read", resourceType: "contact")
        let text = PolicyExplanation(set: try PolicyFile.load(nil), file: PolicyFile.defaultName)
            .text(facts.request, facts.entities)
        #expect(text == "deny\n  no policy permits it")
    }

    @Test func whatASetChangesIsToldByItsPolicies() throws {
        let old = try PolicySet(
            """
            @id("a") permit (principal, action, resource);
            @id("b") permit (principal, action, resource);
            @id("c") forbid (principal, action, resource) when { false };
            """)
        let new = try PolicySet(
            """
            @id("c") forbid (principal, action, resource) when { true };
            @id("a") permit (principal, action, resource);
            @id("d") permit (principal, action, resource);
            """)
        #expect(
            PolicyDifference(from: old, to: new).lines
                == ["- permit b", "~ forbid c", "+ permit d"])
        #expect(PolicyDifference(from: old, to: old).lines == [])
    }
}
