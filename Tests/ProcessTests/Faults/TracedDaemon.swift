import Foundation
import Synchronization

/// A daemon that runs under strace, from its first instruction on, with at most one fault.
final class TracedDaemon: Sendable {
    static let strace = "/usr/bin/strace"
    /// The tracer reads the names of files in the daemon's memory, and the daemons are not dumpable.
    static let isPossible = getuid() == 0 && FileManager.default.isExecutableFile(atPath: strace)

    private let tracer: ChildProcess
    private let target: FaultTarget
    private let trace: String
    private let log: String
    private let logOffset: UInt64
    /// The tracer's exit status, once it was reaped.
    private let status = Mutex<Int32?>(nil)

    init(_ target: FaultTarget, home: TestHome, injection: Injection?) throws {
        self.target = target
        trace = home.directory + "/trace"
        log = target.log(home)
        if !FileManager.default.fileExists(atPath: log) {
            try Data().write(to: URL(fileURLWithPath: log))
        }
        logOffset = Self.size(log)
        var arguments = ["-f", "-y", "-s", "0", "-qq", "-o", trace]
        arguments += ["-e", "trace=" + Injection.calls.joined(separator: ",")]
        for file in try target.files(home) { arguments += ["-P", file] }
        if let injection { arguments += ["-e", "inject=" + injection.expression] }
        tracer = try ChildProcess(
            Self.strace, arguments + [Repository.program(target.rawValue)] + target.arguments(home),
            output: log, errors: log)
    }

    /// Nil while it runs. strace ends as its tracee did: with its status, or by its signal.
    var ended: Int32? {
        status.withLock { status in
            if status == nil { status = tracer.poll() }
            return status
        }
    }

    /// Asks it to stop, and waits; a daemon that has not stopped after a minute is killed.
    /// - Returns: whether it stopped when asked, or had ended before.
    func stop() async throws -> Bool {
        for attempt in 0..<6_000 {
            if ended != nil { return true }
            // Again and again: right after its start, it does not listen yet.
            if attempt.isMultiple(of: 200), let pid = tracee { Glibc.kill(pid, SIGTERM) }
            try await Task.sleep(for: .milliseconds(10))
        }
        await kill()
        return false
    }

    func kill() async {
        while ended == nil {
            if let pid = tracee { Glibc.kill(pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private var tracee: pid_t? {
        let path = "/proc/\(tracer.pid)/task/\(tracer.pid)/children"
        let children = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return children.split(separator: " ").first.flatMap { pid_t($0) }
    }

    // MARK: - What happened; to be asked once it has ended

    private var lines: [Substring] {
        ((try? String(contentsOfFile: trace, encoding: .utf8)) ?? "").split(separator: "\n")
    }

    /// How often a single thread made each call, at most.
    var counts: [String: Int] {
        var threads: [String: Int] = [:]
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count > 1, let name = parts[1].split(separator: "(").first,
                Injection.calls.contains(String(name)), parts[1].contains("(")
            else { continue }
            threads[parts[0] + " " + name, default: 0] += 1
        }
        return threads.reduce(into: [:]) { counts, thread in
            let name = String(thread.key.split(separator: " ")[1])
            counts[name] = max(counts[name] ?? 0, thread.value)
        }
    }

    /// The calls that failed because of the injection; for a kill, the last one before it.
    var faults: [String] {
        let lines = lines
        let failed = lines.filter { $0.contains("(INJECTED)") }
        guard failed.isEmpty else { return failed.map(String.init) }
        return lines.contains { $0.contains("killed by SIGKILL") }
            ? ["killed after \(lines.last { !$0.contains("+++") } ?? "nothing")"] : []
    }

    /// Lines of its log that tell of something wrong.
    var complaints: [String] {
        guard let handle = FileHandle(forReadingAtPath: log) else { return [] }
        defer { try? handle.close() }
        try? handle.seek(toOffset: logOffset)
        let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
        let marks = [" warning ", " error ", " critical ", target.rawValue + ": "]
        return text.split(separator: "\n").map(String.init)
            .filter { line in marks.contains { line.contains($0) } }
    }

    private static func size(_ path: String) -> UInt64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? UInt64) ?? 0
    }
}
