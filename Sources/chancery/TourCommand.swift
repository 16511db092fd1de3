import ArgumentParser
import Foundation

struct TourCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tour",
        abstract:
            "The main job once through: up, import, seal, verify; then figures and lines to paste.",
        discussion: "Run again, it continues where it stands.")

    @OptionGroup var options: HomeOptions

    @Option(help: "HTTPS port on 127.0.0.1 (else CHANCERY_PORT, else 8443).")
    var port: Int?

    @Argument(help: "NDJSON file of mutations.")
    var file = "Examples/contacts.ndjson"

    func run() async throws {
        let home = try options.resolve()
        let console = Console()
        guard Files.exists(file) else {
            throw OperatorError(
                .badInput, "There is no file \(file).",
                next: "Run this in the repository, or name an NDJSON file.")
        }
        try await up(home, console)
        let base = try Endpoint.base(flag: nil, home: home)

        let begin = ContinuousClock.now
        let summary = try await Importer(
            home: home, base: base, file: file, subject: "chancery-import", purpose: "sales",
            console: console
        ).run()
        let elapsed = ContinuousClock.now - begin
        for example in summary.examples { console.note("  " + example) }
        guard summary.isComplete else {
            throw OperatorError(
                .incomplete, "The import is not complete: \(summary.text)",
                next: "See the lines above; run it again.")
        }

        let sealed = try await sealIfNew(home, base: base, wrote: summary.written)
        let verified = try verify(home, console)
        let status = await StatusReport.take(home: home)
        console.say("")
        console.say(
            "import      \(summary.text) (\(String(format: "%.1f", elapsed / .seconds(1))) s)")
        console.say("seal        \(sealed)")
        console.say("verify      \(String(format: "%.1f", verified / .seconds(1))) s, all good")
        console.say(status.text)
        console.say("\nTry it:\n")
        console.say(TourLines(home: home, base: base, example: try TourExample(in: file)).text)
    }

    private func up(_ home: Home, _ console: Console) async throws {
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        try await Stack(home: home, console: console).up(port: try Endpoint.requestedPort(port))
    }

    /// Reads and refusals append audit entries all the time: only what an import wrote is worth a segment.
    private func sealIfNew(_ home: Home, base: String, wrote: Int) async throws -> String {
        let sealedBefore =
            await Health(home: home, base: base).ledger().figures?.sealedSegments ?? 0
        guard wrote > 0 || sealedBefore == 0 else { return "nothing new to seal" }
        return try await Sealing(home: home, base: base).seal().line
    }

    private func verify(_ home: Home, _ console: Console) throws -> Duration {
        let program = try Binaries().sibling("chancery-verify")
        console.note("verifying every value of \(home.shown)")
        // The ledger stores the checkpoint of its last group with the next one, or when a second has passed; until then the
        // verifier could check the end only in part.
        Thread.sleep(forTimeInterval: 1.5)
        let begin = ContinuousClock.now
        let status = try Foreground.run(program, [home.root, "--trust", home.trust])
        guard status == 0 else {
            throw OperatorError(
                .refused, "chancery-verify ended with status \(status).",
                next:
                    "It names the first bad entry above. Do not write to this ledger before you know why."
            )
        }
        return ContinuousClock.now - begin
    }
}
