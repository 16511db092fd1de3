import Foundation

@testable import AccessControl

/// Tests/Vectors/policy_vectors.json, as make_policy_vectors.py writes it.
struct PolicyVectors: Decodable {
    let worlds: [World]
    let texts: [Text]

    struct World: Decodable {
        let entities: [Entity]
        let cases: [Case]
    }

    struct Case: Decodable {
        let policies: String
        let request: AuthorizationRequest
        let outcome: Decision.Outcome
        let reasons: [Int]
        let errors: [Int]

        init(from decoder: any Decoder) throws {
            var items = try decoder.unkeyedContainer()
            policies = try items.decode(String.self)
            request = AuthorizationRequest(
                principal: try Self.uid(items.decode(String.self)),
                action: try Self.uid(items.decode(String.self)),
                resource: try Self.uid(items.decode(String.self)),
                context: try items.decode(PolicyJSON.Record.self).fields)
            outcome = try items.decode(String.self) == "a" ? .allow : .deny
            reasons = try items.decode([Int].self)
            errors = try items.decode([Int].self)
        }

        /// The type may have namespaces, the ids here have no colon.
        private static func uid(_ text: String) throws -> EntityUID {
            let parts = text.components(separatedBy: "::")
            return EntityUID(parts.dropLast().joined(separator: "::"), parts.last ?? "")
        }
    }

    struct Text: Decodable {
        let text: String
        let isAccepted: Bool

        init(from decoder: any Decoder) throws {
            var items = try decoder.unkeyedContainer()
            text = try items.decode(String.self)
            isAccepted = try items.decode(Bool.self)
        }
    }

    static let all = Result {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/policy_vectors.json")
        return try JSONDecoder().decode(PolicyVectors.self, from: Data(contentsOf: file))
    }
}
