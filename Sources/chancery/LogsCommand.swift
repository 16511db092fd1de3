import ArgumentParser

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "The ledger as evidence: does it hold?",
        subcommands: [LogsVerifyVerb.self])
}
