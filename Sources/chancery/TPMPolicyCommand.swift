import ArgumentParser

/// All of it is done by `chancery-keeper`; this finds the home, the TPM and the program.
struct TPMPolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Say on which platforms the keystore opens.",
        discussion: """
            The keystore opens where a policy key approved of what the TPM's registers hold. Before an update its operator signs
            a policy for what they will hold then, and installs it beside the old one; nothing is sealed again.
            """,
        subcommands: [
            TPMPolicyKeyVerb.self, TPMPolicyShowVerb.self, TPMPolicySignVerb.self,
            TPMPolicyInstallVerb.self,
        ])

    static func keeper(_ arguments: [String]) throws {
        let keeper = try Binaries().sibling(DaemonKind.keeper.rawValue)
        let status = try Foreground.run(keeper, ["tpm", "policy"] + arguments)
        guard status == 0 else { throw ExitCode(status) }
    }
}

struct TPMPolicyKeyVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make a policy key: FILE, secret, and FILE.pub.",
        discussion: "On the operator's own machine, not on the appliance.")

    @Option(help: "Where the private key goes (mode 0600); nothing is written over.")
    var out: String

    func run() async throws { try TPMPolicyCommand.keeper(["key", "--out", Home.absolute(out)]) }
}

struct TPMPolicyShowVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what the TPM's registers hold, as `sign` wants it.",
        discussion: "The daemons may run.")

    @OptionGroup var options: TPMOptions
    @Option(help: "The registers, 1 to 8, between commas; else 0,2,4,7.")
    var pcrs: String?

    func run() async throws {
        let verb = try TPMVerb(options)
        try await verb.withTPM(.look) {
            try verb.run("policy show", pcrs.map { ["--pcrs", .word($0)] } ?? [])
        }
    }
}

struct TPMPolicySignVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Approve of a platform; needs neither TPM nor appliance.")

    @Option(help: "The private policy key.")
    var key: String
    @Option(help: "What `show` printed on that platform, or what a build predicts.")
    var values: String
    @Option(help: "Where the signed policy goes.")
    var out: String

    func run() async throws {
        try TPMPolicyCommand.keeper([
            "sign", "--key", Home.absolute(key), "--values", Home.absolute(values), "--out",
            Home.absolute(out),
        ])
    }
}

struct TPMPolicyInstallVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Install a signed policy. The daemons may run.",
        discussion: "A keeper that waits for one goes on by itself.")

    @OptionGroup var options: TPMOptions
    @Argument(help: "What `sign` wrote.")
    var file: String

    func run() async throws {
        let verb = try TPMVerb(options)
        try await verb.withTPM(.look) {
            try verb.run(
                "policy install", ["--home", .word(verb.home.root), .input(Home.absolute(file))])
        }
    }
}
