import ArgumentParser

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Stream an NDJSON file of mutations to the gateway; running it again changes nothing.",
        discussion: """
            Figures count mutations, one a line. Lines that were not taken are named with their reasons.
            Exit code 0: every line is in the ledger now; 4: some were refused, not taken, or left out because their contact was \
            there before; 1: it broke off, run it again.

            JSON (--json): {written, alreadyThere, refused, leftOut, postponed, total, complete, examples: [text]}.
            """)

    @OptionGroup var options: HomeOptions

    @Argument(help: "NDJSON file, one mutation a line.")
    var file: String

    @Option(help: "Base URL of the gateway.")
    var url: String?

    @Option(help: "X-Purpose of lines that name none.")
    var purpose = "sales"

    @Option(
        help: "Principal that imports. Idempotency keys belong to it: use the same one to continue."
    )
    var subject = "chancery-import"

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.existing()
        let console = Console()
        let summary = try await Importer(
            home: home, base: try Endpoint.base(flag: url, home: home), file: file,
            subject: subject,
            purpose: purpose, console: console
        ).run()
        try console.report(summary.text, json: output.json ? summary : nil)
        if !output.json { for example in summary.examples { console.note("  " + example) } }
        guard summary.isComplete else { throw ExitStatus.partly.code }
    }
}
