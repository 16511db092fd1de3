import Foundation
import Synchronization

/// A daemon that runs under strace, from its first instruction on, with at most one fault.
final class TracedDaemon: Sendable {
    static let strace = "/usr/bin/strace"
    /// The tracer reads the names of files in the daemon's memory, and the daemons are not dumpable.
    static let isPossible = getuid() == 0 && FileManager.default.isExecutableFile(atPath: strace)

    private let tracer: ChildProcess
    private let target: FaultTarget
    private let trace: SystemCallTrace
    private let log: String
    private let logOffset: UInt64
    /// The tracer's exit status, once it was reaped.
    private let status = Mutex<Int32?>(nil)

    init(_ target: FaultTarget, home: TestHome, injection: Injection?) throws {
        self.target = target
        trace = SystemCallTrace(path: home.directory + "/trace")
        log = target.log(home)
        if !FileManager.default.fileExists(atPath: log) {
            try Data().write(to: URL(fileURLWithPath: log))
        }
        logOffset = Self.size(log)
        tracer = try ChildProcess(
            Self.strace,
            trace.arguments(files: try target.files(home), injection: injection)
                + [Repository.program(target.rawValue)] + target.arguments(home),
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

    var counts: [String: Int] { trace.counts }
    var faults: [String] { trace.faults }

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
