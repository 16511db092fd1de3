import Foundation

/// What strace writes about a process whose calls it watches.
struct SystemCallTrace: Sendable {
    let path: String

    /// Of strace, before the program. Programs that it starts are left alone.
    /// - Parameter files: whose calls count; nil: all, those that reach a TPM by its socket, too.
    func arguments(files: [String]?, injection: Injection?) -> [String] {
        var arguments = ["-f", "-b", "execve", "-y", "-s", "0", "-qq", "-o", path]
        arguments += ["-e", "trace=" + Injection.calls.joined(separator: ",")]
        for file in files ?? [] { arguments += ["-P", file] }
        if let injection { arguments += ["-e", "inject=" + injection.expression] }
        return arguments
    }

    private var lines: [Substring] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
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
}
