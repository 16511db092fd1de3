import Foundation
import Testing

@testable import AccessControl

/// What Cedar's own implementation decided, replayed.
@Suite struct PolicyVectorTests {
    @Test func decisionsReasonsAndErrorsAreCedars() throws {
        var checked = 0
        for world in try PolicyVectors.all.get().worlds {
            let entities = try Entities(world.entities)
            for vector in world.cases {
                let decision = try PolicySet(vector.policies).decide(
                    vector.request, entities: entities)
                #expect(decision.outcome == vector.outcome, "\(vector.policies)")
                #expect(
                    decision.reasons == vector.reasons.map { "policy\($0)" }, "\(vector.policies)")
                #expect(
                    decision.errors.map(\.policy) == vector.errors.map { "policy\($0)" },
                    "\(vector.policies)\n\(decision.errors)")
                checked += 1
            }
        }
        #expect(checked >= 3_000)
    }

    @Test func textsAreAcceptedExactlyWhereCedarAcceptsThem() throws {
        let texts = try PolicyVectors.all.get().texts
        for text in texts {
            let problem: PolicySyntaxError?
            do {
                _ = try PolicySet(text.text)
                problem = nil
            } catch {
                problem = error
            }
            #expect((problem == nil) == text.isAccepted, "\(text.text)\n\(problem as Any)")
        }
        #expect(texts.count { $0.isAccepted } >= 300)
        #expect(texts.count { !$0.isAccepted } >= 900)
    }

    /// The vectors are worth what they reach: every operator in a policy that mattered, every cause of an error.
    @Test func everyOperatorAndErrorIsReached() throws {
        var operators: Set<String> = []
        var causes: Set<String> = []
        var denied = 0
        for world in try PolicyVectors.all.get().worlds {
            let entities = try Entities(world.entities)
            for vector in world.cases {
                let set = try PolicySet(vector.policies)
                let decision = set.decide(vector.request, entities: entities)
                causes.formUnion(decision.errors.map { Self.name($0.error.cause) })
                denied += decision.outcome == .deny && !decision.reasons.isEmpty ? 1 : 0
                guard !decision.reasons.isEmpty, set.policies.count == 1 else { continue }
                operators.formUnion(set.tree.nodes.map(Self.name))
            }
        }
        #expect(causes == ["type", "overflow", "noSuchAttribute", "noSuchEntity"])
        #expect(denied >= 100)
        let expected: Set<String> = [
            "literal", "variable", "and", "or", "not", "negate", "equal", "less", "lessOrEqual",
            "greater", "greaterOrEqual", "add", "subtract", "multiply", "isMember", "attribute",
            "has",
            "like", "isType", "isTypeMember", "conditional", "set", "record", "contains",
            "containsAll", "containsAny", "isEmpty",
        ]
        #expect(operators == expected, "missing: \(expected.subtracting(operators))")
    }

    private static func name(_ cause: PolicyEvaluationError.Cause) -> String {
        String("\(cause)".prefix { $0.isLetter })
    }

    private static func name(_ node: PolicyExpression) -> String {
        switch node {
        case .compare(let comparison, _, _): "\(comparison)"
        case .calculate(let operation, _, _): "\(operation)"
        case .test(let test, _, _): "\(test)"
        default: String("\(node)".prefix { $0.isLetter })
        }
    }
}
