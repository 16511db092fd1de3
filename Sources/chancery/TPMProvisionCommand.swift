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

    @Option(
        help: "FILE.pub of the operator's policy key, where it is to be another than development's."
    )
    var policyKey: String?

    @Option(help: "A policy that this key signed, of this platform.")
    var policy: String?

    func validate() throws {
        guard (policyKey == nil) == (policy == nil) else {
            throw ValidationError("--policy-key and --policy go together.")
        }
    }

    func run() async throws {
        let verb = try TPMVerb(options)
        try verb.home.requireKeys()
        let approval =
            (policyKey.map { ["--policy-key", Home.absolute($0)] } ?? [])
            + (policy.map { ["--policy", Home.absolute($0)] } ?? [])
        try await verb.withTPM(.keys) {
            if options.tcti == nil, policy == nil {
                try DevelopmentPolicy(home: verb.home).ensure()
            }
            try verb.run(
                "provision",
                ["--home", verb.home.root] + (name.map { ["--name", $0] } ?? [])
                    + (authorize ? ["--authorize"] : []) + approval)
        }
    }
}
