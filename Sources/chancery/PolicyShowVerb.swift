import ArgumentParser

struct PolicyShowVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the policies in force, or those of an earlier time.",
        discussion: """
            The text alone goes to standard output, so that `policy check` and `policy test` can read it; where it comes from is said
            on standard error.

            JSON (--json): {version, generation, index, setBy, setAt, textHash, text}; what was compiled in has no text.
            """)

    @OptionGroup var options: HomeOptions
    @Option(help: "Those in force behind this entry; else those in force now.")
    var at: UInt64?
    @Option(help: "The generation whose entry --at names; else the current one.")
    var generation: UInt64?
    @Option(help: "Base URL of the gateway.")
    var url: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard generation == nil || at != nil else {
            throw ValidationError("--generation says whose entry --at names.")
        }
    }

    func run() async throws {
        let home = try options.existing()
        let query = at.map { at in
            "?at=\(at)" + (generation.map { "&generation=\($0)" } ?? "")
        }
        let list = try await OperatorRequest(
            home: home, base: try Endpoint.base(flag: url, home: home)
        ).send(
            .GET, PolicyList.path + (query ?? ""), timeout: .seconds(30),
            failing: "The policies cannot be read",
            next: "See `chancery status`; entries are counted from 0 in each generation.",
            as: PolicyList.self)
        let console = Console()
        if output.json { return try console.say(json: list) }
        guard let text = list.text, let hash = list.textHash else {
            console.note(
                "compiled in, none were set before: policies/default.cedar of the version that ran then"
            )
            return
        }
        console.note("\(list.origin), SHA-256 \(hash)")
        console.write(text)
    }
}
