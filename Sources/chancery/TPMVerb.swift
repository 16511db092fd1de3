import ArgumentParser
import Foundation

/// Runs a `tpm` verb of chancery-keeper, the one program that speaks to a TPM, and ends with its exit status.
struct TPMVerb {
    let options: TPMOptions
    let home: Home
    let console: Console

    init(_ options: TPMOptions) throws(OperatorError) {
        self.options = options
        home = try options.home.resolve()
        console = Console()
    }

    func run(_ verb: String, _ arguments: [DaemonRun.Argument]) throws {
        let status = try Launcher(home).run(
            DaemonRun(.keeper, options.arguments(verb, home) + arguments))
        guard status == 0 else { throw ExitCode(status) }
    }

    enum Use {
        case look
        /// Nobody holds the keys, and nobody starts a keeper meanwhile.
        case keys
    }

    /// With the TPM there: a software TPM that does not run is started for the length of `body`; for the keys it is made
    /// if there is none.
    /// - Throws: `busy` where the keys are needed and a keeper holds them.
    func withTPM(_ use: Use, _ body: () throws -> Void) async throws {
        let isThere = options.tcti != nil || home.appliance != nil
        let runs = isThere || RunningProcess.softwareTPM(home: home) != nil
        if use == .look, runs { return try body() }
        let tpm = SoftwareTPM(home: home, console: console)
        guard runs || use == .keys || tpm.isMade else {
            throw OperatorError(
                .stateMissing, "There is no software TPM in \(home.tpm).",
                next:
                    "`chancery tpm provision` or `chancery up` makes one; --tcti names another TPM."
            )
        }
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        if use == .keys { try home.control(console).requireStopped([.keeper]) }
        guard !isThere else { return try body() }
        let (pid, started) = try await tpm.ensure()
        let result = Result { try body() }
        if started {
            try await ProcessEnding(home: home, console: console).end(pid, "swtpm", force: true)
            unlink(tpm.pidFile)
        }
        try result.get()
    }
}
