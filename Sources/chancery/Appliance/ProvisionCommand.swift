import ArgumentParser

struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Make an installed Chancery ready for its first start. Safe to repeat.",
        discussion: """
            Needs the daemons stopped. In this order, each only where it is missing: directories and their owners; the certificate of the \
            server in /etc/chancery/tls, of a local CA, unless one of yours is there; the CA of client certificates and those of operator and \
            administrator; the local issuer of tokens, unless ISSUER in chancery.conf names another; then the TPM, and in it and in keys/ the \
            keys.

            The keys open where you approved of what the TPM's registers hold, and nowhere else. Without a signed policy none \
            are made, and this ends with exit code 2 and the next steps:
              chancery tpm policy show > registers                                          here
              chancery tpm policy key --out policy.key                                      your own machine, once
              chancery tpm policy sign --key policy.key --values registers --out signed     your own machine
              chancery provision --policy-key policy.key.pub --policy signed                here

            Exit code 0: `chancery up` works; 2: all but the keys is there.
            """)

    @Option(help: "A DNS name or address of this machine, for its certificate; may be repeated.")
    var hostname: [String] = []

    @Option(help: "Name of the log, for good; LOG_NAME in chancery.conf.")
    var logName: String?

    @Option(help: "FILE.pub of your policy key.")
    var policyKey: String?

    @Option(help: "A policy that this key signed, of this platform.")
    var policy: String?

    @Flag(
        help:
            "Set authorizations of the TPM's hierarchies where there are none, and keep them in /etc/chancery/tpm-authorizations."
    )
    var authorize = false

    @Flag(help: "Make no keys, for `chancery restore` brings them.")
    var withoutKeys = false

    @Flag(
        help:
            "Renew local certificates that near their end, and nothing else; the daemons may run. For a timer."
    )
    var renew = false

    func validate() throws {
        guard (policyKey == nil) == (policy == nil) else {
            throw ValidationError("--policy-key and --policy go together.")
        }
        guard !withoutKeys || (policy == nil && !authorize) else {
            throw ValidationError("--without-keys leaves the TPM alone.")
        }
        guard !renew || (hostname.isEmpty && logName == nil && policy == nil && !authorize) else {
            throw ValidationError("--renew goes with nothing else.")
        }
    }

    func run() async throws {
        let home = try Home(flag: nil)
        guard let appliance = home.appliance else {
            throw OperatorError(
                .refused, "This is no installed Chancery: \(home.shown) is for development.",
                next: "`chancery up` does all of it there. Install the package to provision.")
        }
        try Appliance.requireRoot()
        let console = Console()
        let provisioning = Provisioning(home: home, appliance: appliance, say: console.say)
        guard !renew else { return try Self.renew(home, provisioning, console) }
        try provisioning.makeDirectories()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        try home.control(console).requireStopped(DaemonKind.allCases)
        try provisioning.fixLogName(logName)
        try provisioning.makeCertificates(names: hostname)
        try provisioning.makeIssuer()
        SELinuxLabels.restore([appliance.places.configuration, home.pki])
        guard !withoutKeys else { return console.say("next: chancery restore --from DIR") }
        try home.requireKeys()
        guard try provisioning.hasApproval(policy) else {
            console.note(Provisioning.missingApproval)
            throw ExitStatus.warnings.code
        }
        // What was set just now.
        try await Self.makeKeys(
            try Home(flag: nil), policyKey: policyKey, policy: policy, authorize: authorize)
        console.say("next: chancery up")
    }

    private static func renew(
        _ home: Home, _ provisioning: Provisioning, _ console: Console
    ) throws(OperatorError) {
        try provisioning.appliance.requireProvisioned(home)
        let lock = try HomeLock(existing: home)
        defer { withExtendedLifetime(lock) {} }
        if try provisioning.renew() {
            try Systemctl().restartIfRunning(DaemonKind.gateway.service)
        }
    }

    private static func makeKeys(
        _ home: Home, policyKey: String?, policy: String?, authorize: Bool
    ) async throws {
        let verb = try TPMVerb(try TPMOptions.parse([]))
        let steps = TPMProvisionSteps(
            verb: verb, name: home.appliance?.logName, setsAuthorizations: authorize,
            policyKey: policyKey, policy: policy)
        try steps.run()
    }
}
