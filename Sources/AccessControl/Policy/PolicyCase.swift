import ContactModel

/// A case file: requests that a policy set must answer alike, and why. Two forms: `roles` × `asks`, in the vocabulary of
/// ``RequestFacts``, or one `request` with its `entities` in Cedar's JSON form.
///
/// ```
/// {"why": "…", "roles": ["dpo", "crm-sync+dpo"], "asks": [{"resource": "contact", "actions": ["contact.read"]}],
///  "purpose": "sales", "hasClientCertificate": true, "policies": ["dpo.contacts"]}
/// ```
public struct PolicyCase: Decodable, Sendable {
    public struct Question: Sendable {
        /// Who asks what, for a person to read.
        public let name: String
        public let request: AuthorizationRequest
        public let entities: Entities
    }

    public let why: String
    public let questions: [Question]
    /// Which must decide, no others; nil: whichever.
    public let policies: [String]?

    private enum Key: String, CodingKey {
        case why, roles, asks, purpose, hasClientCertificate, policies, request, entities
    }

    private struct Ask: Decodable {
        let resource: String
        let actions: [String]
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        why = try fields.decodeIfPresent(String.self, forKey: .why) ?? ""
        policies = try fields.decodeIfPresent([String].self, forKey: .policies)
        if fields.contains(.request) {
            let request = try fields.decode(AuthorizationRequest.self, forKey: .request)
            let entities = try fields.decodeIfPresent([Entity].self, forKey: .entities) ?? []
            questions = [
                Question(
                    name: "\(request.principal) \(request.action) \(request.resource)",
                    request: request, entities: try Entities(entities))
            ]
        } else {
            questions = try Self.questions(fields)
        }
    }

    private static func questions(_ fields: KeyedDecodingContainer<Key>) throws -> [Question] {
        let purpose = try fields.decodeIfPresent(String.self, forKey: .purpose).map(
            PurposeCode.init)
        let certified =
            try fields.decodeIfPresent(Bool.self, forKey: .hasClientCertificate) ?? false
        var questions: [Question] = []
        for roles in try fields.decode([String].self, forKey: .roles) {
            let known = try Set(
                roles.split(separator: "+").map { name in
                    guard let role = Role(rawValue: String(name)) else {
                        throw DecodingError.dataCorruptedError(
                            forKey: .roles, in: fields, debugDescription: "there is no role \(name)"
                        )
                    }
                    return role
                })
            for ask in try fields.decode([Ask].self, forKey: .asks) {
                for action in ask.actions {
                    let facts = try RequestFacts(
                        subject: "case", roles: known, action: action, resourceType: ask.resource,
                        purpose: purpose, hasClientCertificate: certified)
                    questions.append(
                        Question(
                            name: "\(roles) \(action)", request: facts.request,
                            entities: facts.entities))
                }
            }
        }
        return questions
    }

    /// One line for each question that `set` answers otherwise, for other reasons, or with an error on the way.
    public func failures(of set: PolicySet, expecting outcome: Decision.Outcome) -> [String] {
        questions.compactMap { question in
            let decision = set.decide(question.request, entities: question.entities)
            let reasons = decision.reasons.joined(separator: ", ")
            if decision.outcome != outcome {
                let because = decision.reasons.isEmpty ? "no policy permits it" : reasons
                return "\(question.name): \(decision.outcome.rawValue), because \(because)"
            }
            if let skipped = decision.errors.first {
                return "\(question.name): \(skipped.policy) cannot be evaluated, \(skipped.error)"
            }
            if let policies, Set(policies) != Set(decision.reasons) {
                return
                    "\(question.name): decided by \(reasons.isEmpty ? "none" : reasons), not by \(policies.joined(separator: ", "))"
            }
            return nil
        }
    }
}
