import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract:
            "Check access policies, try them, explain a decision; show and set those in force.",
        discussion: """
            Policies are written in Cedar's language, less templates and extension functions; policies/default.cedar says what a
            request looks like to them. `check`, `test` and `explain` need neither a data directory nor running daemons.
            """,
        subcommands: [
            PolicyCheckVerb.self, PolicyTestVerb.self, PolicyExplainVerb.self, PolicyShowVerb.self,
            PolicyInstallVerb.self,
        ])
}
