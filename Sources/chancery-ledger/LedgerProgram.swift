import ArgumentParser

/// The daemon, and what the operator's command asks of segments without one.
struct LedgerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: LedgerDaemon.name,
        abstract:
            "Keeps the ledger: segments, projections, proofs. Serves the gateway, asks the keeper.",
        subcommands: [LedgerCommand.self, BackupCommand.self, OrdersCommand.self],
        defaultSubcommand: LedgerCommand.self)
}
