import ArgumentParser

/// All of it is done by `chancery-keeper`, which alone touches keys; this finds the home, the TPM and the program.
struct EscrowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow",
        abstract: "Keep a way back to the keys for the day on which the TPM is dead.",
        discussion: """
            An escrow is a small file that any THRESHOLD of its holders open together, each with a recovery key, and a copy of
            the keystore beside it. The keeper makes a new one after each erasure and destroys the one before.
            `chancery restore` uses it. Until it is destroyed, a quorum of holders can read whom an erasure has ended.
            """,
        subcommands: [
            EscrowKeyVerb.self, EscrowSetupVerb.self, EscrowStatusVerb.self, EscrowCheckVerb.self,
        ])

    /// For what needs neither data directory nor TPM.
    static func keeper(_ arguments: [String]) throws(OperatorError) {
        let keeper = DaemonKind.keeper.rawValue
        try Foreground.require(
            try Foreground.run(try Binaries().sibling(keeper), arguments), of: keeper,
            arguments.first ?? "")
    }
}

struct EscrowKeyVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "A holder makes a recovery key: FILE, secret, and FILE.pub.",
        discussion: "Run it on the holder's own machine; no data directory is needed.")

    @Option(help: "Where the private key goes (mode 0600); nothing is written over.")
    var out: String

    func run() async throws { try EscrowCommand.keeper(["escrow-key", "--out", out]) }
}

struct EscrowSetupVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Say where escrows go and who holds them, and make the first.",
        discussion: """
            The daemons must be stopped (`chancery down`). Run it again to change directory, holders or threshold: the
            escrows of before are destroyed. A directory on a medium that is away delays the next escrow, nothing else.
            """)

    @OptionGroup var options: HomeOptions
    @Option(help: "Directory outside the data directory, best on a medium of its own.")
    var to: String
    @Option(help: "How many holders are needed to open an escrow; at least 2.")
    var threshold: Int
    @Option(help: "A holder's FILE.pub; repeat it.")
    var holder: [String]

    func run() async throws {
        let home = try options.existing()
        let console = Console()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        try home.control(console).requireStopped([.keeper])
        try await home.ensureTPM(console)
        let target = Home.absolute(to)
        try home.appliance?.giveEscrowDirectory(target)
        var arguments: [DaemonRun.Argument] = [
            "escrow-setup", "--home", .word(home.root), "--tcti", .word(home.tcti), "--to",
            .word(target), "--threshold", .word(String(threshold)),
        ]
        if let file = try TPMOptions.parse([]).authorizationFile(home) {
            arguments += ["--authorizations", .input(file)]
        }
        if let appliance = home.appliance { arguments += ["--name", .word(appliance.logName)] }
        for holder in holder { arguments += ["--holder", .input(holder)] }
        try Launcher(home).require(DaemonRun(.keeper, arguments))
        console.say("`chancery up` goes on; `chancery status` shows the escrow")
    }
}

struct EscrowStatusVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Which escrows were made and destroyed; whether daemons run or not.",
        discussion: """
            JSON (--json): {directory, threshold, holders: [name], issues: [{epoch, treeSize, issued, destroyed, directory}], problem}; \
            times in seconds since 1970, no directory where none was set up.
            """)

    @OptionGroup var options: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        try Launcher(home).require(
            DaemonRun(
                .keeper,
                ["escrow-status", "--home", .word(home.root)] + (output.json ? ["--json"] : [])))
    }
}

struct EscrowCheckVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Holders try whether an escrow opens. Nothing is restored.",
        discussion: "Needs no data directory and no TPM: best on a machine without network.")

    @OptionGroup var quorum: EscrowFiles

    func run() async throws {
        try EscrowCommand.keeper(["escrow-check"] + quorum.arguments)
    }
}

/// An escrow and the recovery keys of those who came together.
struct EscrowFiles: ParsableArguments {
    @Option(help: "The file of the escrow; the keystore's copy lies beside it.")
    var escrow: String
    @Option(help: "File of a holder's recovery key; repeat it.")
    var key: [String] = []

    var arguments: [String] { ["--escrow", escrow] + key.flatMap { ["--key", $0] } }
}
