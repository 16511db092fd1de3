import ArgumentParser

struct TPMStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the TPM: lockout, slots, counters, keys.",
        discussion: """
            Works with the daemons running and stopped. Exit code 0: all is well; 3: something needs attention, and the last lines say \
            what to do.

            JSON (--json): {address, manufacturer, model, firmware, lockout, authorizations, free, keystore, counters: [{handle, value, \
            purpose, expected}], endorsementCertificates, attestationKey, signingKeys, policyKey, policies, problems: [text]}; of a TPM \
            that does not answer address and problems alone.
            """)

    @OptionGroup var options: TPMOptions

    @Flag(help: "For machines.")
    var json = false

    func run() async throws {
        let verb = try TPMVerb(options)
        try await verb.withTPM(.look) {
            try verb.run("status", ["--home", .word(verb.home.root)] + (json ? ["--json"] : []))
        }
    }
}
