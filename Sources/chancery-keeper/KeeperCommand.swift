import ArgumentParser

/// `chancery-keeper` serves; its other verbs are what the operator's command asks of the TPM and of the keys, most of them
/// while none serves. Whoever holds a recovery key needs this program, too, and nothing else of a Chancery.
struct KeeperCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: KeeperProcess.name,
        abstract: "Holds the keys: encrypts, decrypts, indexes, signs. Needs a TPM.",
        subcommands: [
            ServeCommand.self, TPMCommand.self, EscrowKeyCommand.self, EscrowSetupCommand.self,
            EscrowStatusCommand.self, EscrowCheckCommand.self, KeysBackupCommand.self,
            KeysRestoreCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}
