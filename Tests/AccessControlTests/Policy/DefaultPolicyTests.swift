import ContactModel
import ContactServices
import Foundation
import Testing

@testable import AccessControl

/// policies/default.cedar against its case files, and against the coded permit table that it may only narrow.
@Suite struct DefaultPolicyTests {
    let set: PolicySet

    init() throws { set = try PolicySet.standard() }

    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("policies")

    static let cases: [(file: String, outcome: Decision.Outcome, PolicyCase)] = {
        var cases: [(String, Decision.Outcome, PolicyCase)] = []
        for (name, outcome) in [("ALLOW", Decision.Outcome.allow), ("DENY", .deny)] {
            let folder = directory.appendingPathComponent("cases/\(name)")
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for file in files.sorted() where file.hasSuffix(".json") {
                guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)),
                    let policyCase = try? JSONDecoder().decode(PolicyCase.self, from: data)
                else {
                    Issue.record("\(name)/\(file) is no case")
                    continue
                }
                cases.append(("\(name)/\(file)", outcome, policyCase))
            }
        }
        return cases
    }()

    @Test func compiledInSetIsTheFile() throws {
        let file = Self.directory.appendingPathComponent("default.cedar")
        #expect(try String(contentsOf: file, encoding: .utf8) == PolicySet.defaultText)
        #expect(set.policies.allSatisfy { $0.annotations["id"] != nil })
    }

    @Test func casesAreAnsweredAsTheyExpect() {
        #expect(Self.cases.count { $0.outcome == .allow } >= 8)
        #expect(Self.cases.count { $0.outcome == .deny } >= 12)
        for (file, outcome, policyCase) in Self.cases {
            #expect(!policyCase.why.isEmpty, "\(file)")
            #expect(policyCase.failures(of: set, expecting: outcome) == [], "\(file)")
        }
    }

    @Test func everyRoleAndActionIsInACase() {
        let asked = Set(Self.cases.flatMap { $0.2.questions.map(\.name) })
        for role in Role.allCases {
            for action in Action.allCases {
                let name = "\(role.rawValue) \(action.rawValue)"
                #expect(asked.contains(name), "\(name)")
            }
        }
    }

    @Test func everyPolicyDecidesACase() {
        var deciding: Set<String> = []
        for (_, _, policyCase) in Self.cases {
            for question in policyCase.questions {
                deciding.formUnion(
                    set.decide(question.request, entities: question.entities).reasons)
            }
        }
        #expect(deciding == Set(set.policies.map(\.id)))
    }

    /// A case that expects the wrong thing is told, for each way of being wrong.
    @Test func wrongCasesFail() throws {
        func failures(_ json: String, _ outcome: Decision.Outcome) throws -> [String] {
            try JSONDecoder().decode(PolicyCase.self, from: Data(json.utf8))
                .failures(of: set, expecting: outcome)
        }
        let seal =
            #"{"roles": ["operator"], "asks": [{"resource": "segment", "actions": ["segment.seal"]}]"#
        #expect(try failures(seal + "}", .allow) == [])
        #expect(try failures(seal + "}", .deny).count == 1)
        #expect(try failures(seal + #", "policies": ["dpo.contacts"]}"#, .allow).count == 1)
        #expect(throws: DecodingError.self) {
            try failures(seal.replacingOccurrences(of: "operator", with: "root") + "}", .allow)
        }
    }

    static let purposes: [PurposeCode?] = [
        nil, try? PurposeCode("sales"), try? PurposeCode("sales_outreach"),
        try? PurposeCode("campaign_management"), try? PurposeCode("unheard_of"),
    ]

    /// With one role and some purpose, the policies permit what the table does: no row of it is lost.
    @Test(arguments: Role.allCases, Action.allCases)
    func eachRowOfTheTableIsPermittedForSomePurpose(role: Role, action: Action) throws {
        let allowed = try Self.purposes.contains {
            try decide([role], action, $0).outcome == .allow
        }
        #expect(allowed == action.roles.contains(role))
    }

    /// Whatever two roles and whatever purpose: the policies permit nothing that the table does not, and none errs.
    @Test(arguments: Role.allCases, Role.allCases)
    func policiesOnlyNarrowTheTable(one: Role, other: Role) throws {
        for action in Action.allCases {
            for purpose in Self.purposes {
                let decision = try decide([one, other], action, purpose)
                #expect(decision.errors == [])
                #expect(
                    decision.outcome == .deny || !action.roles.isDisjoint(with: [one, other]),
                    "\(action)")
            }
        }
    }

    func decide(_ roles: Set<Role>, _ action: Action, _ purpose: PurposeCode?) throws -> Decision {
        let facts = try RequestFacts(
            subject: "someone", roles: roles, action: action.rawValue,
            resourceType: action.resourceType, purpose: purpose)
        return set.decide(facts.request, entities: facts.entities)
    }
}
