import ArgumentParser

struct TPMProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Make the TPM and the keys ready. Needs the daemons stopped; safe to repeat.",
        discussion:
            "Sets dictionary-attack parameters; with --authorize, which changes a TPM for everybody who uses it, authorizations of its hierarchies; then makes storage root, counters, attestation key and keystore as the first start would."
    )

    @OptionGroup var options: TPMOptions

    @Option(help: "Name of the log. Fixed at the first start.")
    var name: String?

    @Flag(
        help:
            "Set lockout, owner and endorsement authorizations where there are none; --authorizations names the file that keeps them, made if missing."
    )
    var authorize = false

    func run() async throws {
        let verb = try TPMVerb(options)
        try verb.home.requireKeys()
        try await verb.withTPM(.keys) {
            try verb.run(
                "provision",
                ["--home", verb.home.root] + (name.map { ["--name", $0] } ?? [])
                    + (authorize ? ["--authorize"] : []))
        }
    }
}
