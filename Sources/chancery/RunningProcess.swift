import Foundation

/// A live process, found by its command line.
///
/// Pid files go stale (kill -9, reboot, pid reuse); the command line with the data directory in it does not lie.
/// A zombie has no command line and is not found.
struct RunningProcess: Sendable {
    let pid: pid_t
    let arguments: [String]

    static func of(_ daemon: DaemonKind, home: Home) -> RunningProcess? {
        first { arguments in
            named(daemon.rawValue, arguments) && value(of: "--home", in: arguments) == home.root
        }
    }

    static func softwareTPM(home: Home) -> RunningProcess? {
        first { arguments in
            named("swtpm", arguments) && value(of: "--tpmstate", in: arguments) == "dir=\(home.tpm)"
        }
    }

    static func isAlive(_ pid: pid_t) -> Bool { !commandLine(pid).isEmpty }

    var port: Int? { Self.value(of: "--port", in: arguments).flatMap(Int.init) }

    static func commandLine(_ pid: pid_t) -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
            return []
        }
        return data.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func first(where matches: ([String]) -> Bool) -> RunningProcess? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap({ pid_t($0) }).sorted() where pid != getpid() {
            let arguments = commandLine(pid)
            if !arguments.isEmpty, matches(arguments) {
                return RunningProcess(pid: pid, arguments: arguments)
            }
        }
        return nil
    }

    private static func named(_ name: String, _ arguments: [String]) -> Bool {
        arguments.first.map { ($0 as NSString).lastPathComponent } == name
    }

    private static func value(of option: String, in arguments: [String]) -> String? {
        guard let position = arguments.firstIndex(of: option), position + 1 < arguments.count else {
            return nil
        }
        return arguments[position + 1]
    }
}
