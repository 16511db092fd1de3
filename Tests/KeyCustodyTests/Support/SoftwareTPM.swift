import Foundation
import KeyCustody
import Testing

/// A real swtpm as a child process, with its state in a directory of its own.
final class SoftwareTPM: @unchecked Sendable {
    let directory: String
    private var process: ChildProcess?

    var address: String { "swtpm:path=\(directory)/s" }

    /// Manufactures a TPM in `directory`.
    static func manufacture(in directory: String) throws -> SoftwareTPM {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let setup = try ChildProcess([
            "/usr/bin/swtpm_setup", "--tpm2", "--tpmstate", directory, "--lock-nvram", "--ecc",
        ])
        try #require(setup.wait() == 0, "swtpm_setup failed; install swtpm-tools")
        return SoftwareTPM(directory: directory)
    }

    /// Manufactures a TPM whose endorsement key is certified by a CA of its own, in `directory/ca`.
    static func certified(in directory: String) throws -> SoftwareTPM {
        let authority = directory + "/ca"
        try FileManager.default.createDirectory(
            atPath: authority, withIntermediateDirectories: true)
        let files = [
            "setup.conf": """
            create_certs_tool = /usr/bin/swtpm_localca
            create_certs_tool_config = \(directory)/localca.conf
            create_certs_tool_options = \(directory)/localca.options
            active_pcr_banks = sha256

            """,
            "localca.conf": """
            statedir = \(authority)
            signingkey = \(authority)/signkey.pem
            issuercert = \(authority)/issuercert.pem
            certserial = \(authority)/certserial

            """,
            "localca.options":
                "--platform-manufacturer Chancery\n--platform-version 1\n--platform-model Test\n",
        ]
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        }
        let setup = try ChildProcess([
            "/usr/bin/swtpm_setup", "--tpm2", "--tpmstate", directory, "--create-ek-cert",
            "--lock-nvram", "--config", directory + "/setup.conf",
        ])
        try #require(setup.wait() == 0, "swtpm_setup failed; install swtpm-tools")
        return SoftwareTPM(directory: directory)
    }

    /// Of a certified one: intermediate and root, PEM.
    func authorities() throws -> [UInt8] {
        try ["issuercert.pem", "swtpm-localca-rootca-cert.pem"].flatMap { name in
            try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(directory)/ca/\(name)")))
        }
    }

    /// Takes over the state of another, which must not run.
    init(directory: String) {
        self.directory = directory
    }

    deinit {
        stop()
    }

    func start() throws {
        process = try ChildProcess([
            "/usr/bin/swtpm", "socket", "--tpm2", "--tpmstate", "dir=\(directory)",
            "--server", "type=unixio,path=\(directory)/s",
            "--ctrl", "type=unixio,path=\(directory)/s.ctrl",
            "--flags", "not-need-init,startup-clear",
        ])
        // The file is there a moment before anybody listens.
        for _ in 0..<1_000 where !UnixSocket.answers(at: "\(directory)/s.ctrl") {
            usleep(10_000)
        }
        try #require(UnixSocket.answers(at: "\(directory)/s.ctrl"))
    }

    func stop() {
        guard let process else { return }
        process.end()
        self.process = nil
        unlink("\(directory)/s")
        unlink("\(directory)/s.ctrl")
    }

    /// Stops answering, as a slow one does, and goes on.
    func pause() { if let process { kill(process.pid, SIGSTOP) } }
    func resume() { if let process { kill(process.pid, SIGCONT) } }

    /// With more patience than a keeper has: a hundred tests want the processor at one time.
    func device() throws -> TPMDevice {
        try TPMDevice(TCTIAddress(address), patience: .seconds(300))
    }
}
