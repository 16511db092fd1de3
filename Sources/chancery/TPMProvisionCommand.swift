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
        if let appliance = verb.home.appliance, name != nil, name != appliance.logName {
            throw OperatorError(
                .badInput, "The units call this log \(appliance.logName).",
                next: "Set LOG_NAME in \(appliance.places.configurationFile) first.")
        }
        let steps = TPMProvisionSteps(
            verb: verb, name: name ?? verb.home.appliance?.logName,
            setsAuthorizations: authorize, policyKey: policyKey, policy: policy)
        try await verb.withTPM(.keys) { try steps.run() }
    }
}

/// What `chancery-keeper tpm provision` is told.
struct TPMProvisionSteps {
    let verb: TPMVerb
    let name: String?
    let setsAuthorizations: Bool
    let policyKey: String?
    let policy: String?

    private var home: Home { verb.home }

    /// With the TPM there, and no keeper.
    func run() throws {
        guard let appliance = home.appliance else {
            if verb.options.tcti == nil, policy == nil {
                try DevelopmentPolicy(home: home).ensure()
            }
            return try provision()
        }
        try DrawnAuthorizations(appliance).keep()
        guard setsAuthorizations, verb.options.authorizationFile(home).map(Files.exists) != true
        else { return try provision() }
        try DrawnAuthorizations(appliance).draw(
            to: verb.options.authorizationFile(home) ?? appliance.places.authorizations
        ) { file in
            try provision(authorizations: file)
        }
    }

    private func provision(authorizations: DaemonRun.Argument? = nil) throws {
        var arguments: [DaemonRun.Argument] = ["--home", .word(home.root)]
        if let authorizations { arguments += ["--authorizations", authorizations] }
        if let name { arguments += ["--name", .word(name)] }
        if setsAuthorizations { arguments.append("--authorize") }
        if let policyKey { arguments += ["--policy-key", .input(Home.absolute(policyKey))] }
        if let policy { arguments += ["--policy", .input(Home.absolute(policy))] }
        try verb.run("provision", arguments)
    }
}
