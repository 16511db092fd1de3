import ArgumentParser

struct TPMEnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Write the auditor's trust file. Needs the daemons stopped; safe to repeat.",
        discussion:
            "Checks the certificate of the TPM's endorsement key against a CA bundle, has the TPM prove that the attestation key lives beside that key, and has the attestation key vouch for the public keys of the log."
    )

    @OptionGroup var options: TPMOptions

    @Option(help: "Where the trust file goes; the evidence goes to the same name with .enrollment.")
    var out: String

    @Option(
        help:
            "PEM file of TPM makers' roots and intermediates; may be repeated. Else, for the software TPM alone, its own CA."
    )
    var caBundle: [String] = []

    @Option(help: "DER of the EK certificate, where the TPM holds none.")
    var ekCertificate: String?

    @Option(help: "Name of the log, as at the first start.")
    var name: String?

    func validate() throws {
        guard !caBundle.isEmpty || options.tcti == nil else {
            throw ValidationError("--ca-bundle is needed for a TPM named with --tcti.")
        }
    }

    func run() async throws {
        let verb = try TPMVerb(options)
        guard !caBundle.isEmpty || verb.home.appliance == nil else {
            throw OperatorError(
                .badInput, "Whom to believe that this is a TPM is not said.",
                next: "Name the makers' roots, from their own sites: --ca-bundle makers.pem.")
        }
        guard Files.exists(verb.home.sealedRoot) else {
            throw OperatorError(
                .notInitialised, "\(verb.home.shown) holds no keys yet.",
                next: "`chancery tpm provision`, or the first `chancery up`, makes them.")
        }
        if caBundle.isEmpty {
            verb.console.note(
                "note: checked against the software TPM's own CA, which proves nothing about hardware"
            )
        }
        let bundles =
            caBundle.isEmpty
            ? SoftwareTPM(home: verb.home, console: verb.console).authorities
            : caBundle.map(Home.absolute)
        let out = Home.absolute(out)
        var arguments: [DaemonRun.Argument] = [
            "--home", .word(verb.home.root), "--out", .output(out), "--evidence",
            .output(out + ".enrollment"),
        ]
        for bundle in bundles { arguments += ["--ca-bundle", .input(bundle)] }
        if let ekCertificate {
            arguments += ["--ek-certificate", .input(Home.absolute(ekCertificate))]
        }
        if let name = name ?? verb.home.appliance?.logName { arguments += ["--name", .word(name)] }
        let words = arguments
        try await verb.withTPM(.keys) { try verb.run("enroll", words) }
    }
}
