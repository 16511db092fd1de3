/// What systemd says of a unit.
struct UnitState: Sendable, Equatable {
    let name: String
    /// False for one that is not there.
    let isLoaded: Bool
    /// `active`, `activating`, `inactive`, `failed`, …; `inactive` for one that is not there.
    let active: String
    /// `running`, `listening`, `start-limit-hit`, …
    let sub: String
    /// Why the last run ended: `success`, `exit-code`, `watchdog`, …
    let result: String
    let pid: Int32?
    /// What the daemon said of itself last.
    let text: String?
    /// How often systemd started it anew by itself.
    var restarts: Int?
    /// False after a start that a Condition…= of the unit kept it from.
    var conditionHolds = true

    static let properties =
        "Id,LoadState,ActiveState,SubState,Result,MainPID,StatusText,ConditionResult,ConditionTimestampMonotonic,NRestarts"

    /// A start was asked for and left out.
    var wasNotMeantToStart: Bool { active == "inactive" && !conditionHolds }

    /// It runs, comes or goes.
    var isAlive: Bool { !["inactive", "failed"].contains(active) }
    var hasFailed: Bool { active == "failed" || (active == "activating" && sub == "auto-restart") }

    /// Of `systemctl show --property=…`: a block of KEY=VALUE lines a unit, an empty line between.
    static func parse(_ output: String) -> [UnitState] {
        output.split(separator: "\n\n", omittingEmptySubsequences: true).compactMap { block in
            var values: [Substring: String] = [:]
            for line in block.split(separator: "\n") {
                guard let sign = line.firstIndex(of: "=") else { continue }
                values[line[..<sign]] = String(line[line.index(after: sign)...])
            }
            guard let name = values["Id"] else { return nil }
            let text = values["StatusText"] ?? ""
            return UnitState(
                name: name, isLoaded: values["LoadState"] == "loaded",
                active: values["ActiveState"] ?? "inactive",
                sub: values["SubState"] ?? "", result: values["Result"] ?? "",
                pid: values["MainPID"].flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil },
                text: text.isEmpty ? nil : text,
                restarts: values["NRestarts"].flatMap { Int($0) },
                // "no" also before any was looked at.
                conditionHolds: values["ConditionResult"] != "no"
                    || ["", "0"].contains(values["ConditionTimestampMonotonic"] ?? ""))
        }
    }

    /// For a person, after the name.
    var description: String {
        if hasFailed { return "failed (\(result))" + (text.map { ": \($0)" } ?? "") }
        if active == "inactive" { return "does not run" }
        return text ?? "\(active) (\(sub))"
    }
}
