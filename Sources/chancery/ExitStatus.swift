import ArgumentParser

/// Exit codes of `chancery`: one table, for help, manual pages and code.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case failed = 1
    case warnings = 2
    case attention = 3
    case partly = 4
    case usage = 64

    /// To end with.
    var code: ExitCode { ExitCode(rawValue) }

    var meaning: String {
        switch self {
        case .done: "done; all is well"
        case .failed:
            "it could not be done, and the reason and the next step are named; what was checked is wrong"
        case .warnings:
            "doctor: warnings, or something could not be looked at; provision: all but the keys, for want of a policy"
        case .attention:
            "status, tpm status: something is not ready, or needs attention; doctor: errors"
        case .partly: "import: lines were refused, not taken, or left out"
        case .usage: "wrong arguments"
        }
    }

    /// Lines for help.
    static var table: String {
        allCases.map { status in
            let code = String(status.rawValue)
            return "  \(code)\(String(repeating: " ", count: 4 - code.count))\(status.meaning)"
        }.joined(separator: "\n")
    }
}
