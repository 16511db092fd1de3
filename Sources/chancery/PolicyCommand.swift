import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check access policies, try them, explain a decision.",
        discussion: """
            Policies are written in Cedar's language, less templates and extension functions; policies/default.cedar says what a
            request looks like to them. Nothing here needs a data directory or running daemons.
            """,
        subcommands: [PolicyCheckVerb.self, PolicyTestVerb.self, PolicyExplainVerb.self])
}
