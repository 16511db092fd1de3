import ArgumentParser

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything an operator answers for, and say what to do.",
        discussion: """
            Changes nothing, starts nothing, and works whatever runs. What could not be looked at is said, with the reason, and never \
            counts as well.

            \(checks)

            JSON (--json): {format: "chancery-doctor/1", home, outcome: "ok" | "warnings" | "errors", exitCode, counts, \
            findings: [{name: "CHECK.THING" of those above, severity: "ok" | "warning" | "error" | "not-checked" | "none-here", found, advice}]}. Names \
            stay, members only ever grow, and one without a value is left out.

            Exit code 0: all is well; 2: warnings, or something could not be looked at; 3: errors.
            """)

    private static var checks: String {
        DoctorReport.checks.map { check in
            check.name + String(repeating: " ", count: max(1, 14 - check.name.count))
                + check.abstract + " (\(check.things.joined(separator: ", ")))"
        }.joined(separator: "\n")
    }

    @OptionGroup var options: TPMOptions

    @Option(
        help: ArgumentHelp(
            "Where backups lie, or one of them; may be repeated (else, on an installed machine, where the daily backup goes).",
            valueName: "directory"))
    var backups: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let home = try options.home.resolve()
        let arguments =
            (options.tcti.map { ["--tcti", $0] } ?? [])
            + (options.authorizations.map { ["--authorizations", Home.absolute($0)] } ?? [])
        let patient = try await Patient.admit(
            home: home, backups: backups.map { Home.absolute($0) }, tpmArguments: arguments)
        let report = await DoctorReport.take(patient)
        try Console().report(report.text, json: output.json ? report : nil)
        guard report.exitCode == 0 else { throw ExitCode(report.exitCode) }
    }
}
