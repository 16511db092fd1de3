import Foundation

/// The software stand-in for a TPM: made once, then run as a process of its own.
///
/// Its state is what a machine's TPM would be: losing it means losing every key that was sealed to it, so it is never made anew
/// while a keystore exists.
struct SoftwareTPM {
    let home: Home
    let console: Console

    private var state: String { home.tpm + "/tpm2-00.permall" }
    /// Present while the manufacturing runs: a state file beside it is half made.
    private var unfinished: String { home.tpm + "/setup.unfinished" }
    private var log: String { home.tpm + "/swtpm.log" }
    var pidFile: String { home.tpm + "/swtpm.pid" }

    /// - Returns: the running process, started if there was none.
    func ensure() async throws(OperatorError) -> (pid: pid_t, started: Bool) {
        if let running = RunningProcess.softwareTPM(home: home) {
            if try canGoOn(running) {
                try Files.write("\(running.pid)\n".utf8, to: pidFile)
                return (running.pid, false)
            }
            console.note("restarting swtpm (pid \(running.pid)): its files were deleted under it")
            try await ProcessEnding(home: home, console: console)
                .end(running.pid, "swtpm", force: true)
        }
        let program = try Binaries.tool("swtpm", package: "swtpm")
        try manufacture()
        // A killed swtpm leaves its sockets behind.
        unlink(home.tpmSocket)
        unlink(home.tpmControlSocket)
        let pid = try ChildProcess.spawn(
            program,
            [
                "socket", "--tpm2", "--tpmstate", "dir=\(home.tpm)",
                "--server", "type=unixio,path=\(home.tpmSocket)",
                "--ctrl", "type=unixio,path=\(home.tpmControlSocket)",
                "--flags", "not-need-init,startup-clear",
            ], output: log, detached: true)
        try Files.write("\(pid)\n".utf8, to: pidFile)
        // Its data channel serves one client: look for the socket, do not connect.
        for _ in 0..<100 {
            if Files.exists(home.tpmSocket), Files.exists(home.tpmControlSocket) {
                return (pid, true)
            }
            if ChildProcess.hasEnded(pid) { break }
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
        }
        throw OperatorError(
            .processExited, "swtpm did not start:\n\(LogTail.read(log, lines: 8))",
            next: "If another swtpm holds \(home.tpm), end it; else see \(log).")
    }

    /// Whether a running one can be reached and has its state on disk.
    /// - Throws: `stateMissing` if ending it would be the end of the keys.
    private func canGoOn(_ running: RunningProcess) throws(OperatorError) -> Bool {
        if Files.exists(state) {
            return Files.exists(home.tpmSocket) && Files.exists(home.tpmControlSocket)
        }
        guard Files.exists(home.sealedRoot) else { return false }
        throw OperatorError(
            .stateMissing,
            "\(home.tpm) was deleted under the running software TPM (pid \(running.pid)), and \(home.keys) holds a keystore that only this TPM can open.",
            next:
                "Put \(home.tpm) back from a copy, then `chancery down` and `chancery up`. Without a copy the keys are lost: what was written still verifies; to start over, `chancery down` and move \(home.root) away."
        )
    }

    /// Intermediate and root that certified its endorsement key.
    var authorities: [String] {
        ["issuercert.pem", "swtpm-localca-rootca-cert.pem"].map { home.tpm + "/ca/" + $0 }
    }

    var isMade: Bool { Files.exists(state) && !Files.exists(unfinished) }

    private func manufacture() throws(OperatorError) {
        if isMade { return }
        guard !Files.exists(home.sealedRoot) else {
            throw OperatorError(
                .stateMissing,
                "The TPM state \(state) is missing, but \(home.keys) holds a keystore that only this TPM can open.",
                next:
                    "Restore \(home.tpm) from where it went, or name it in CHANCERY_TPM. To give up the data and start over, move \(home.root) away."
            )
        }
        let program = try Binaries.tool("swtpm_setup", package: "swtpm-tools")
        console.note("making a software TPM in \(Home.relative(home.tpm))")
        try Files.makePrivateDirectory(home.tpm)
        try Files.write([], to: unfinished)
        unlink(state)
        try writeConfiguration()
        let setupLog = home.tpm + "/setup.log"
        let status = try Foreground.run(
            program,
            [
                "--tpm2", "--tpmstate", home.tpm, "--create-ek-cert", "--create-platform-cert",
                "--lock-nvram", "--ecc", "--config", home.tpm + "/setup.conf",
            ], output: setupLog)
        guard status == 0 else {
            throw OperatorError(
                .processExited,
                "swtpm_setup failed (\(status)):\n\(LogTail.read(setupLog, lines: 8))",
                next:
                    "Check that swtpm and swtpm-tools are installed (apt-get install swtpm swtpm-tools), then run again."
            )
        }
        unlink(unfinished)
    }

    /// The local CA of the endorsement certificates lives beside the state: no root, nothing shared with other TPMs.
    private func writeConfiguration() throws(OperatorError) {
        let authority = home.tpm + "/ca"
        try Files.makePrivateDirectory(authority)
        let tool = try Binaries.tool("swtpm_localca", package: "swtpm-tools")
        try Files.write(
            """
            create_certs_tool = \(tool)
            create_certs_tool_config = \(home.tpm)/localca.conf
            create_certs_tool_options = \(home.tpm)/localca.options
            active_pcr_banks = sha256

            """.utf8, to: home.tpm + "/setup.conf")
        try Files.write(
            """
            statedir = \(authority)
            signingkey = \(authority)/signkey.pem
            issuercert = \(authority)/issuercert.pem
            certserial = \(authority)/certserial

            """.utf8, to: home.tpm + "/localca.conf")
        try Files.write(
            """
            --platform-manufacturer Chancery
            --platform-version 1
            --platform-model Development

            """.utf8, to: home.tpm + "/localca.options")
    }
}
