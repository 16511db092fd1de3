import ArgumentParser
import KeyCustody
import ProcessBoundary

struct TPMProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Make the TPM and the keys ready. Needs the keeper stopped; safe to repeat.")

    @Option(help: "Data directory; else CHANCERY_HOME, else var.")
    var home: String?

    @OptionGroup var tpm: TPMOptions

    @Option(help: "Name of the log. Fixed at the first start.")
    var name = ServeCommand.defaultLogName

    @Flag(help: "Set the authorizations of --authorizations where a hierarchy has none.")
    var authorize = false

    @OptionGroup var approval: TPMApprovalOptions

    func validate() throws {
        guard !authorize || tpm.authorizationFile != nil else {
            throw ValidationError("--authorize needs --authorizations FILE to keep them in.")
        }
    }

    func run() async throws {
        try await TPMCommand.reporting {
            let layout = HomeLayout.resolve(flag: home)
            try layout.create()
            let provisioning = try tpm.provisioning()
            for line in try await provisioning.prepare(setsAuthorizations: authorize) {
                print(line)
            }
            if let (file, key) = try approval.given() {
                let installation = PolicyInstallation(
                    keys: layout.keysDirectory, tpm: try provisioning.device())
                for line in try await installation.install(file, signedBy: key) { print(line) }
            }
            print(try await provisioning.makeKeys(in: layout.keysDirectory, logName: name))
        }
    }
}
