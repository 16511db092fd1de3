import Foundation

/// A data directory in the temporary directory (a short one: socket paths must fit), with its own TPM and port, run by the
/// real command.
struct TestHome: Sendable {
    let directory: String
    let port: Int
    var name = "var"

    var root: String { directory + "/" + name }
    var tpm: String { directory + "/.tpm" }
    var ledger: String { root + "/ledger" }
    var trust: String { root + "/trust.json" }

    /// - Parameter parent: nil: TMPDIR.
    init(parent: String? = nil) throws {
        let parent = parent ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent + "/chpt.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        directory = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = try Self.freePort()
    }

    /// The operator's command on this home.
    func chancery(_ arguments: String..., environment: [String: String?] = [:]) throws -> Program {
        try Program.run(
            Repository.program("chancery"), arguments,
            environment: self.environment.merging(environment) { $1 })
    }

    /// What points the programs at this home.
    var environment: [String: String?] {
        ["CHANCERY_HOME": root, "CHANCERY_TPM": tpm, "CHANCERY_PORT": String(port)]
    }

    /// chancery-verify, on this home or on what `arguments` name.
    func verify(_ arguments: [String]? = nil) throws -> Program {
        try Program.run(
            Repository.program("chancery-verify"), (arguments ?? [root]) + ["--trust", trust])
    }

    /// A client certificate of the development CA.
    /// - Returns: its file; its key is beside it, `.key` for `.pem`.
    func clientCertificate(_ subject: String) throws -> String {
        let path = directory + "/" + subject
        let result = try chancery("client-cert", "issue", "--subject", subject, "--out", path)
        guard result.status == 0 else { throw TestFailure("client-cert: \(result.said)") }
        return path + ".pem"
    }

    func token(
        _ roles: String..., subject: String = "process-tests", clearance: String? = nil,
        certificate: String? = nil
    ) throws -> String {
        var arguments = ["token", "--subject", subject, "--ttl", "2h", "--home", root]
        if let clearance { arguments += ["--clearance", clearance] }
        if let certificate { arguments += ["--client-cert", certificate] }
        for role in roles { arguments += ["--role", role] }
        let result = try Program.run(Repository.program("chancery"), arguments)
        guard result.status == 0 else { throw TestFailure("token: \(result.said)") }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Of the running processes by name, as `chancery status` finds them.
    func pids(environment: [String: String?] = [:]) throws -> [String: pid_t] {
        let status = try chancery("status", "--json", environment: environment)
        let processes = JSON(status.output.utf8)?["processes"]?.array ?? []
        var result: [String: pid_t] = [:]
        for process in processes {
            if let name = process["name"]?.string, let pid = process["pid"]?.number {
                result[name] = pid_t(pid)
            }
        }
        return result
    }

    /// kill -9, then waits until the process is gone (or a zombie).
    func killNine(_ pid: pid_t?) throws {
        guard let pid, kill(pid, SIGKILL) == 0 else {
            throw TestFailure("cannot kill \(pid ?? 0): \(errno)")
        }
        while Self.isAlive(pid) { usleep(2000) }
    }

    /// By the state in proc(5)'s `pid (name) state …`: a command line is empty, too, while a process becomes its program.
    static func isAlive(_ pid: pid_t) -> Bool {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat"),
            let end = stat.lastIndex(of: UInt8(ascii: ")")),
            let state = stat[end...].dropFirst(2).first
        else { return false }
        return !"ZX".utf8.contains(state)
    }

    /// Sockets and all.
    static func copy(_ from: String, to: String) throws {
        let copied = try Program.run("/bin/cp", ["-a", from, to])
        guard copied.status == 0 else { throw TestFailure(copied.said) }
    }

    /// The ends of the logs, for messages of failed expectations.
    var logs: String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/log")) ?? []
        return names.sorted().map { name in
            let text = (try? String(contentsOfFile: root + "/log/" + name, encoding: .utf8)) ?? ""
            return "== \(name)\n" + text.split(separator: "\n").suffix(20).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    func remove() {
        _ = try? chancery("down", "--force")
        LeakScan(directory).record()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func freePort() throws -> Int {
        let listener = try Listener()
        defer { listener.close() }
        return listener.port
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
