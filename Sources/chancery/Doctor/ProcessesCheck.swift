import Foundation
import ProcessBoundary

/// What should run does, as it was installed, and is not started again and again.
struct ProcessesCheck: Check {
    static let name = "processes"
    static let abstract = "running, ready, of the installed version; restarts that systemd counted"
    static let things = ["PROCESS", "PROCESS.restarts", "units"]

    let processes: [StatusReport.Process]
    /// By daemon: why this user may not ask it.
    let unseen: [String: String]
    /// By daemon; empty where systemd runs none.
    let restarts: [String: Int]
    /// Our units that systemd calls failed; nil: it is not asked.
    let failedUnits: [String]?
    let isInstalled: Bool

    static func gather(_ patient: Patient) async -> ProcessesCheck {
        ProcessesCheck(
            processes: patient.status.processes, unseen: unseen(patient.home),
            restarts: patient.isInstalled ? restartCounts() : [:],
            failedUnits: patient.isInstalled ? failed() : nil, isInstalled: patient.isInstalled)
    }

    /// What each is asked through, or trusted by.
    private static func unseen(_ home: Home) -> [String: String] {
        var needed: [(DaemonKind, path: String, mode: Int32)] = [
            (.keeper, home.layout.keeperGatewaySocket, W_OK),
            (.ledger, home.layout.ledgerGatewaySocket, W_OK),
        ]
        if let authority = home.gatewayAuthority { needed.append((.gateway, authority, R_OK)) }
        return needed.reduce(into: [:]) { result, need in
            switch FileStatus.of(need.path) {
            case .hidden(let reason): result[need.0.rawValue] = reason
            case .seen where access(need.path, need.mode) != 0:
                result[need.0.rawValue] = "\(need.path): \(SystemError.text(errno))"
            case .seen, .missing: break
            }
        }
    }

    private static func failed() -> [String]? {
        guard Files.exists("/run/systemd/system") else { return nil }
        return try? Systemctl().units("chancery*", in: "failed")
    }

    private static func restartCounts() -> [String: Int] {
        guard Files.exists("/run/systemd/system") else { return [:] }
        return DaemonKind.allCases.reduce(into: [:]) { counts, daemon in
            counts[daemon.rawValue] = (try? Systemctl().state(daemon.service))?.restarts
        }
    }

    var findings: [Finding] {
        processes.flatMap { [state(of: $0)] + restarted($0) } + [units]
    }

    /// Those that run now and then among them: backups, labels.
    private var units: Finding {
        let name = Self.named("units")
        guard let failedUnits else {
            return isInstalled
                ? .notChecked(name, "systemd does not tell")
                : .noneHere(name, "no units: this is no installed machine")
        }
        guard failedUnits.isEmpty else {
            let list = failedUnits.joined(separator: " ")
            return .error(
                name, "failed: \(list)",
                do: "systemctl status \(list); once mended: systemctl reset-failed \(list)")
        }
        return .ok(name, "none failed")
    }

    private func state(of process: StatusReport.Process) -> Finding {
        let name = Self.named(process.name)
        let start = isInstalled ? "systemctl start chancery.target" : "chancery up"
        guard let pid = process.pid else {
            return .error(name, process.problem ?? "does not run", do: start)
        }
        let log =
            isInstalled
            ? "systemctl status \(process.name); journalctl -u \(process.name) -b"
            : "chancery status; log/\(process.name).log in the data directory"
        if !process.ready, let reason = unseen[process.name] {
            return .notChecked(name, "pid \(pid); whether it is ready: \(reason)")
        }
        guard process.ready else {
            return .error(
                name, "pid \(pid), not ready: \(process.problem ?? "it does not say why")", do: log)
        }
        if let problem = process.problem {
            return .warning(name, "pid \(pid), ready, but \(problem)", do: "\(start); \(log)")
        }
        return .ok(name, "pid \(pid), ready")
    }

    private func restarted(_ process: StatusReport.Process) -> [Finding] {
        guard let count = restarts[process.name] else { return [] }
        let name = Self.named(process.name + ".restarts")
        guard count > 0 else { return [.ok(name, "none since it was started")] }
        return [
            .warning(
                name, "systemd had to start it again \(count) times",
                do:
                    "journalctl -u \(process.name) -b; once mended: systemctl reset-failed \(process.name)"
            )
        ]
    }
}
