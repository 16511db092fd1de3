import Foundation
import ProcessBoundary

/// A live process, found by its command line.
///
/// Pid files go stale (kill -9, reboot, pid reuse) or get lost; the command line with the data directory in it does not lie.
/// A zombie has no command line and is not found.
struct RunningProcess: Sendable {
    let pid: pid_t
    let arguments: [String]

    /// The daemon that serves: the one that the pid file names, if several run.
    static func of(_ daemon: DaemonKind, home: Home) -> RunningProcess? {
        let running = all(daemon, home: home).filter(\.serves)
        let owner = PidFile.owner(of: home.layout.pidFile(daemon.rawValue))?.pid
        return running.first { $0.pid == owner } ?? running.first
    }

    /// Every process of `daemon` on this data directory, also one whose files were deleted under it, or that rebuilds or
    /// recovers. A keeper's one-shot `tpm` verb is none.
    static func all(_ daemon: DaemonKind, home: Home) -> [RunningProcess] {
        matching { arguments in
            named(daemon.rawValue, arguments) && value(of: "--home", in: arguments) == home.root
                && arguments.dropFirst().first != "tpm"
        }
    }

    var rebuilds: Bool { arguments.contains("--rebuild") }
    var recovers: Bool { arguments.contains("--recover") }

    static func softwareTPM(home: Home) -> RunningProcess? {
        matching { arguments in
            named("swtpm", arguments) && value(of: "--tpmstate", in: arguments) == "dir=\(home.tpm)"
        }.first
    }

    /// What `chancery up` runs to keep the keys of another issuer.
    static func keyFetcher(home: Home) -> RunningProcess? {
        matching { arguments in
            named("chancery", arguments)
                && arguments.dropFirst().starts(with: [
                    IssuerKeysCommand.name, IssuerKeysFetchVerb.name,
                ]) && arguments.contains("--every")
                && value(of: "--home", in: arguments) == home.root
        }.first
    }

    /// The gateway of whatever data directory that listens on `port`, as its command line says.
    static func gateway(port: Int) -> RunningProcess? {
        matching { arguments in
            named(DaemonKind.gateway.rawValue, arguments)
                && value(of: "--port", in: arguments) == String(port)
        }.first
    }

    /// False for a zombie. Not by its command line, which is empty, too, for the moment in which a process becomes its
    /// program.
    static func isAlive(_ pid: pid_t) -> Bool {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat"),
            let end = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        // proc(5): pid (name) state …, and the name may hold anything.
        let state = stat[end...].dropFirst(2).first
        return state != nil && state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
    }

    /// Neither a rebuild nor a recovery, nor a subcommand that does one thing and ends.
    var serves: Bool {
        !rebuilds && !recovers && arguments.dropFirst().first?.hasPrefix("-") != false
    }

    var port: Int? { Self.value(of: "--port", in: arguments).flatMap(Int.init) }
    /// Whose tokens it believes; nil: the development issuer's.
    var issuer: String? { Self.value(of: "--issuer", in: arguments) }
    var home: String? { Self.value(of: "--home", in: arguments) }

    static func commandLine(_ pid: pid_t) -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
            return []
        }
        return data.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func matching(_ matches: ([String]) -> Bool) -> [RunningProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.sorted().compactMap { pid in
            guard pid != getpid() else { return nil }
            let arguments = commandLine(pid)
            return !arguments.isEmpty && matches(arguments)
                ? RunningProcess(pid: pid, arguments: arguments) : nil
        }
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
