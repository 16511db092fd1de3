import Foundation

/// What waits: projections, rotations, erasures, seals.
struct LedgerCheck: Check {
    static let name = "ledger"
    static let abstract =
        "projections behind, erasures that are refused, a rotation that waits, credentials in force; what no seal covers"
    static let things = [
        "projections", "signatures", "erasures", "rotation", "credentials", "seal", "escrow",
    ]

    let ledger: StatusReport.Ledger?
    let keeper: StatusReport.Keeper?
    let files: Sight<LedgerFiles>
    let now: Date
    let isInstalled: Bool

    /// A segment ends by itself after a day (StoreLimits), and its seal takes a while.
    private static let longestUnsealed: TimeInterval = 26 * 3_600
    /// A segment ends at a gibibyte; one more may have begun.
    private static let mostUnsealed: UInt64 = 3 << 29
    /// Some seconds of the highest load.
    private static let largestLag: UInt64 = 100_000

    static func gather(_ patient: Patient) async -> LedgerCheck {
        LedgerCheck(
            ledger: patient.status.ledger, keeper: patient.status.keeper,
            files: LedgerFiles.of(patient.home.ledger), now: patient.now,
            isInstalled: patient.isInstalled)
    }

    var findings: [Finding] { running + [sealed, escrow] }

    private var running: [Finding] {
        guard let ledger else {
            return ["projections", "signatures", "erasures", "rotation", "credentials"].map {
                .notChecked(Self.named($0), "the ledger does not answer")
            }
        }
        let unsigned = ledger.size - min(ledger.size, ledger.signedSize)
        return [
            judge(
                "projections", ledger.projectionLag > Self.largestLag, .warning,
                ledger.projectionLag == 0
                    ? "up to date" : "\(Figures.grouped(ledger.projectionLag)) entries behind",
                do: "wait; if it does not fall (chancery status): chancery rebuild"),
            judge(
                "signatures", unsigned > 0 && !ledger.keeperReachable, .error,
                ledger.keeperReachable
                    ? "\(Figures.grouped(ledger.signedSize)) of \(Figures.grouped(ledger.size)) entries signed"
                    : "the ledger does not reach the keeper; \(Figures.grouped(unsigned)) entries wait for a signature",
                do: "chancery status"),
            judge(
                "erasures", ledger.refusedErasures > 0, .error,
                ledger.refusedErasures > 0
                    ? "\(Figures.grouped(ledger.refusedErasures)) ordered erasures are not followed by the keeper"
                    : "none that waits for a person",
                do:
                    "log/chancery-ledger.log (journalctl -u chancery-ledger) says why; give the order again where it says so"
            ),
            judge(
                "rotation", ledger.rotationProblem != nil, .warning,
                ledger.rotationProblem.map { "waits: \($0)" } ?? "none waits",
                do: "chancery status; chancery keys list: it is completed by itself"),
            judge(
                "credentials",
                (ledger.credentialsProblem ?? keeper?.credentialsProblem) != nil, .warning,
                ledger.credentialsProblem ?? keeper?.credentialsProblem
                    ?? "issuer's keys and revoked tokens are those on the disk",
                do: "mend the file that it names in pki/; it is read within a second"),
        ]
    }

    private func judge(
        _ thing: String, _ isWrong: Bool, _ severity: Finding.Severity, _ found: String,
        do advice: String
    ) -> Finding {
        Finding(
            name: Self.named(thing), severity: isWrong ? severity : .ok, found: found,
            advice: isWrong ? advice : nil)
    }

    private var sealed: Finding {
        let name = Self.named("seal")
        let files: LedgerFiles
        switch self.files {
        case .seen(let seen): files = seen
        case .missing: return .noneHere(name, "nothing was written yet")
        case .hidden(let reason): return .notChecked(name, reason)
        }
        guard !files.segments.isEmpty else { return .noneHere(name, "nothing was written yet") }
        let tail = "\(Figures.bytes(files.unsealedBytes)) not sealed"
        guard let last = files.sealedAt else {
            return files.unsealedBytes > Self.mostUnsealed
                ? late(name, "nothing was sealed yet, \(tail)")
                : .ok(name, "nothing was sealed yet, \(tail)")
        }
        let age = now.timeIntervalSince(last)
        let text = "last \(Figures.duration(age)) ago, \(tail)"
        // A new segment holds some entries at once: those that announce the seal before.
        let isLate = age > Self.longestUnsealed && ledger != nil && (files.unsealedBytes > 1 << 20)
        return isLate || files.unsealedBytes > Self.mostUnsealed
            ? late(name, text) : .ok(name, text)
    }

    private func late(_ name: String, _ text: String) -> Finding {
        .warning(
            name, text + ": a segment is sealed by itself after a day, or at 1 GiB",
            do: "chancery seal; if it fails, chancery tpm status and the ledger's log say why")
    }

    private var escrow: Finding {
        let name = Self.named("escrow")
        guard let keeper else { return .notChecked(name, "the keeper does not answer") }
        if let problem = keeper.escrowProblem {
            return .warning(
                name, "waits: \(problem)",
                do: "mount the escrow's directory; chancery status names the new escrow")
        }
        if let escrow = keeper.escrow {
            return .ok(
                name,
                "epoch \(escrow.epoch), \(escrow.threshold) of \(escrow.holders) recovery keys open it"
            )
        }
        let text = "none was set up: a dead TPM would end the personal data"
        return isInstalled
            ? .warning(name, text, do: "chancery escrow key --help; chancery escrow setup --help")
            : .noneHere(name, text)
    }
}
