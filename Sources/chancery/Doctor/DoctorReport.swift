/// All that `chancery doctor` found.
struct DoctorReport: Encodable, Sendable {
    enum Outcome: String, Encodable, Sendable {
        case ok, warnings, errors
    }

    let format = "chancery-doctor/1"
    let home: String
    let outcome: Outcome
    let exitCode: Int32
    /// How many findings have each severity.
    let counts: [String: Int]
    let findings: [Finding]

    /// In this order they are looked at and shown.
    static let checks: [any Check.Type] = [
        ProcessesCheck.self, LedgerCheck.self, TrustCheck.self, TPMCheck.self,
        CertificatesCheck.self, PermissionsCheck.self, LabelsCheck.self, DiskCheck.self,
        BackupsCheck.self, ClockCheck.self,
    ]

    static func take(_ patient: Patient) async -> DoctorReport {
        var findings: [Finding] = []
        for check in checks { findings += await look(check, patient) }
        return DoctorReport(home: patient.home.root, findings: findings)
    }

    private static func look<Subject: Check>(_: Subject.Type, _ patient: Patient) async -> [Finding]
    {
        await Subject.gather(patient).findings
    }

    init(home: String, findings: [Finding]) {
        self.home = home
        self.findings = findings
        let severities = Set(findings.map(\.severity))
        outcome =
            if severities.contains(.error) {
                .errors
            } else if severities.contains(.warning) || severities.contains(.notChecked) {
                .warnings
            } else {
                .ok
            }
        let status: ExitStatus =
            switch outcome {
            case .ok: .done
            case .warnings: .warnings
            case .errors: .attention
            }
        exitCode = status.rawValue
        counts = Dictionary(
            uniqueKeysWithValues: Finding.Severity.allCases.map { severity in
                (severity.rawValue, findings.count { $0.severity == severity })
            })
    }

    private enum CodingKeys: String, CodingKey {
        case format, home, outcome, exitCode, counts, findings
    }

    var text: String {
        let severityWidth = Finding.Severity.allCases.map(\.word.count).max() ?? 0
        let nameWidth = findings.map(\.name.count).max() ?? 0
        var lines: [String] = []
        for finding in findings {
            let begin =
                finding.severity.word.padded(to: severityWidth) + "  "
                + finding.name.padded(to: nameWidth) + "  "
            lines.append(begin + Console.printable(finding.found))
            if let advice = finding.advice {
                lines.append(
                    String(repeating: " ", count: begin.count) + "→ " + Console.printable(advice))
            }
        }
        return (lines + ["", summary]).joined(separator: "\n")
    }

    private var summary: String {
        let parts = Finding.Severity.allCases.compactMap { severity -> String? in
            let count = counts[severity.rawValue] ?? 0
            return count > 0 ? "\(count) \(severity.word)" : nil
        }
        let verdict =
            switch outcome {
            case .ok: "Nothing to do"
            case .warnings: "Nothing is lost yet"
            case .errors: "Something is wrong"
            }
        return "\(verdict): \(parts.joined(separator: ", "))."
    }
}

extension Finding.Severity {
    fileprivate var word: String {
        switch self {
        case .ok: "ok"
        case .warning: "warning"
        case .error: "ERROR"
        case .notChecked: "not checked"
        case .noneHere: "none here"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
