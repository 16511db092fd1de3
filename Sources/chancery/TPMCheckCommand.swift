import ArgumentParser

struct TPMCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the evidence of an enrollment again: for an auditor who was not there.",
        discussion: "Needs no TPM and no data directory. Exit code 0: it holds; 1: it does not.")

    @Option(help: "The trust file.")
    var trust: String

    @Option(help: "The evidence; else beside the trust file, with .enrollment after its name.")
    var evidence: String?

    @Option(help: "PEM file of the TPM makers' roots that you trust; may be repeated.")
    var caBundle: [String]

    func run() async throws {
        var arguments = ["tpm", "check", "--trust", trust]
        if let evidence { arguments += ["--evidence", evidence] }
        for bundle in caBundle { arguments += ["--ca-bundle", bundle] }
        let keeper = try Binaries().sibling(DaemonKind.keeper.rawValue)
        let status = try Foreground.run(keeper, arguments)
        guard status == 0 else { throw ExitCode(status) }
    }
}
