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
        var arguments = ["--home", verb.home.root, "--out", Home.absolute(out)]
        for bundle in bundles { arguments += ["--ca-bundle", bundle] }
        if let ekCertificate { arguments += ["--ek-certificate", Home.absolute(ekCertificate)] }
        if let name { arguments += ["--name", name] }
        let words = arguments
        try await verb.withTPM(.keys) { try verb.run("enroll", words) }
    }
}
