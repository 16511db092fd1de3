import AccessControl
import ArgumentParser
import Foundation

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys that sign and encrypt, and their rotation.",
        subcommands: [KeysListVerb.self, KeysRotateVerb.self])
}

struct KeysListVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Keys of the current generation: what each counts for, and what is left of it.",
        discussion: KeyList.members)

    @OptionGroup var options: HomeOptions
    @Option(help: "Base URL of the gateway.")
    var url: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let list = try await OperatorRequest(
            home: home, base: try Endpoint.base(flag: url, home: home)
        ).send(
            .GET, KeyList.path, timeout: .seconds(30), failing: "The keys cannot be listed",
            next: "See `chancery status`.", as: KeyList.self)
        try Console().report(list.text, json: output.json ? list : nil)
    }
}

struct KeysRotateVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Put another key in the place of one, while all goes on.",
        discussion: """
            checkpoint: the log key, which signs every group of entries. segment-manifest: KEK-AUDIT, which signs seals. data: the key
            that encrypts values, which changes each day by itself. The ledger announces the successor and retires the old
            key; what that signed verifies for ever. Its private half is destroyed with a step of the TPM's erasure epoch,
            after which backups of keys/ from before open no more: make one. Auditors need the newer trust.json.

            \(KeyList.members)
            """)

    enum Key: String, ExpressibleByArgument, CaseIterable {
        case checkpoint
        case segmentManifest = "segment-manifest"
        case data
    }

    @OptionGroup var options: HomeOptions
    @Argument(help: "checkpoint, segment-manifest or data.")
    var key: Key
    @Option(help: "Base URL of the gateway.")
    var url: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let base = try Endpoint.base(flag: url, home: home)
        if key != .data { try await requireEscrow(home, base) }
        let list = try await OperatorRequest(home: home, base: base).send(
            .POST, "\(KeyList.path)/\(key.rawValue)/rotate", timeout: .minutes(10),
            failing: "The key was not rotated",
            next:
                "See `chancery status` and `chancery keys list`: what was begun is completed by itself.",
            signing: .rotation(of: key.rawValue), as: KeyList.self)
        try Console().report(list.text, json: output.json ? list : nil)
    }

    /// The keeper refuses by itself; the gateway does not tell why.
    private func requireEscrow(_ home: Home, _ base: String) async throws {
        let keeper = await Health(home: home, base: base).keeper()
        guard let problem = keeper.figures?.escrowProblem, !problem.isEmpty else { return }
        throw OperatorError(
            .refused, "No key is rotated while the escrow waits: \(problem)",
            next:
                "Mount its directory; when `chancery status` names the escrow of the newest epoch, rotate again."
        )
    }
}
