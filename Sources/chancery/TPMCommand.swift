import ArgumentParser

struct TPMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tpm",
        abstract: "Look at the TPM, provision it, enroll it, say where its keys open.",
        discussion: "tpm/README.md is the operator's guide.",
        subcommands: [
            TPMStatusCommand.self, TPMProvisionCommand.self, TPMEnrollCommand.self,
            TPMCheckCommand.self, TPMClearLockoutCommand.self, TPMPolicyCommand.self,
        ])
}
