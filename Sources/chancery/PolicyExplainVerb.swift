import AccessControl
import ArgumentParser
import ContactModel

struct PolicyExplainVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a policy set decides, and which policies it is by.",
        discussion: """
            Describe the request with --role, --action and --resource, or in a case file (see `chancery policy test`). This asks the
            policies alone: mandatory access control and the permit tables come before them.

            JSON (--json): {decisions: [{name, outcome: "allow" | "deny", policies: [id], skipped: [id]}]}; name in case files alone.
            """)

    @Option(help: "A role of the caller; repeat it for several.")
    var role: [String] = []
    @Option(help: "What is asked, as the audit trail names it: contact.read.")
    var action: String?
    @Option(
        help:
            "contact, entry, proof, bundle, segment, clock, key or policy; else as the action's name begins."
    )
    var resource: String?
    @Option(help: "Its id, where the request names one: a contact's.")
    var resourceId = ""
    @Option(help: "The purpose stated.")
    var purpose: String?
    @Option(help: "The caller's `sub`.")
    var subject = "someone"
    @Flag(help: "The token is bound to a client certificate.")
    var clientCertificate = false
    @Option(name: .customLong("case"), help: "A case file instead.")
    var caseFile: String?
    @Option(help: "The policy set; else the one that is compiled in.")
    var policies: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let set = try PolicyFile.load(policies)
        let explanation = PolicyExplanation(set: set, file: policies ?? PolicyFile.defaultName)
        if output.json {
            return try console.say(json: ["decisions": try decisions(explanation)])
        }
        if let caseFile {
            for question in try PolicyFile.loadCase(caseFile).questions {
                console.say(question.name)
                console.say(explanation.text(question.request, question.entities))
            }
        } else {
            let facts = try facts()
            console.say(explanation.text(facts.request, facts.entities))
        }
    }

    private func decisions(
        _ explanation: PolicyExplanation
    ) throws -> [PolicyExplanation.Answer] {
        if let caseFile {
            return try PolicyFile.loadCase(caseFile).questions.map {
                explanation.answer($0.name, $0.request, $0.entities)
            }
        }
        let facts = try facts()
        return [explanation.answer(nil, facts.request, facts.entities)]
    }

    private func facts() throws -> RequestFacts {
        guard let action, !role.isEmpty else {
            throw OperatorError(
                .badInput, "A request needs a caller and an action.",
                next: "Add --role and --action, or name a case file with --case.")
        }
        let roles = try role.map { name in
            guard let role = Role(rawValue: name) else {
                throw OperatorError(
                    .badInput, "There is no role \(name).",
                    next: "Use one of \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return role
        }
        return try RequestFacts(
            subject: subject, roles: Set(roles), action: action,
            resourceType: resource ?? String(action.prefix { $0 != "." }),
            resourceID: resourceId, purpose: try purpose.map(PurposeCode.init),
            hasClientCertificate: clientCertificate)
    }
}
