import ArgumentParser

/// `chancery-keeper` serves; its `tpm` verbs, which `chancery tpm …` runs, do one thing to the TPM and end.
struct KeeperCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: KeeperProcess.name,
        abstract: "Holds the keys: encrypts, decrypts, indexes, signs. Needs a TPM.",
        subcommands: [ServeCommand.self, TPMCommand.self], defaultSubcommand: ServeCommand.self)
}
