import Testing

@testable import AccessControl

@Suite struct PolicySyntaxTests {
    func error(_ source: String) -> PolicySyntaxError? {
        do throws(PolicySyntaxError) {
            _ = try PolicySet(source)
            return nil
        } catch { return error }
    }

    @Test func errorsSayWhere() {
        let found = error("permit(principal, action, resource)\n  when { context.a = 1 };")
        #expect(found?.code == .unexpectedToken)
        #expect(found?.position == PolicyPosition(line: 2, column: 20))
        // A column is a scalar, whatever its length in UTF-8.
        #expect(error("/* */")?.position == PolicyPosition(line: 1, column: 1))
        #expect(
            error(#"permit(principal == User::"éé", action, resource) ?"#)?.position
                == PolicyPosition(line: 1, column: 51))
    }

    @Test(arguments: [
        "permit(principal == ?principal, action, resource);",
        #"permit(principal, action, resource) when { ip("10.0.0.1").isLoopback() };"#,
        #"permit(principal, action, resource) when { principal.hasTag("a") };"#,
        #"permit(principal, action, resource) when { decimal("1.0").lessThan(context.d) };"#,
    ])
    func whatIsLeftOutIsRefusedByName(_ source: String) {
        #expect(error(source)?.code == .unsupported)
    }

    @Test func onePolicyHasOneID() {
        #expect(
            error(
                "permit(principal,action,resource); @id(\"policy0\") permit(principal,action,resource);"
            )?
            .code == .duplicate)
        #expect(error("@id permit(principal,action,resource);")?.code == .reservedName)
        #expect(error("@id(\"a\\nb\") permit(principal,action,resource);")?.code == .reservedName)
    }

    /// Recursion and memory are bounded by limits, not by the stack: each of these is a hundred thousand deep or long.
    @Test(arguments: [
        ("(", ")"), ("[", "]"), ("{a:", "}"), ("!(", ")"), ("-(", ")"),
        ("if true then ", " else true"), ("[1].contains(", ")"), ("if ", " then 1 else 1"),
    ])
    func deepTextsAreRefused(_ open: String, _ close: String) {
        let deep =
            String(repeating: open, count: 14_000) + "1" + String(repeating: close, count: 5_000)
        #expect(error("permit(principal,action,resource) when {\(deep)};")?.code == .tooLarge)
    }

    @Test(arguments: [
        "1" + String(repeating: " + 1", count: 10_000),
        "context" + String(repeating: ".a", count: 10_000),
        "[" + String(repeating: "1,", count: 10_000) + "]",
        "\"" + String(repeating: "a", count: 50_000) + "\" == 1",
        "\"a\" like \"" + String(repeating: "*a", count: 1_000) + "\"",
    ])
    func longTextsAreRefused(_ expression: String) {
        #expect(error("permit(principal,action,resource) when {\(expression)};")?.code == .tooLarge)
    }

    @Test func sizeOfTheSetIsBounded() {
        let policy = "permit(principal,action,resource);"
        #expect(error(String(repeating: policy, count: 1_000)) == nil)
        #expect(error(String(repeating: policy, count: 1_001))?.code == .tooLarge)
        #expect(error(String(repeating: " ", count: 262_145))?.code == .tooLarge)
    }

    /// The deepest and the longest that are accepted can be evaluated.
    @Test func whatIsAcceptedCanBeEvaluated() throws {
        let parentheses =
            String(repeating: "(", count: 46) + "true" + String(repeating: ")", count: 46)
        let sum = "1" + String(repeating: " + 1", count: 93) + " == 94"
        let chain = "true" + String(repeating: " && true", count: 10_000)
        let source =
            "permit(principal,action,resource) when {\(parentheses)} when {\(sum)} when {\(chain)};"
        let request = AuthorizationRequest(
            principal: PolicySetTests.alice, action: PolicySetTests.read,
            resource: PolicySetTests.contact)
        #expect(try PolicySet(source).decide(request, entities: Entities()).outcome == .allow)
    }

    /// Whatever is cut off or put in, the parser answers.
    @Test func damagedTextsNeverTrap() throws {
        let texts = try PolicyVectors.all.get().texts.map(\.text)
        for text in texts {
            let scalars = Array(text.unicodeScalars)
            for length in stride(from: 0, to: scalars.count, by: 7) {
                var part = String.UnicodeScalarView()
                part.append(contentsOf: scalars[..<length])
                _ = error(String(part))
            }
        }
    }
}
