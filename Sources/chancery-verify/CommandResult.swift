internal import Foundation
internal import LedgerVerification

/// Everything one run found; encodes to the object that `--json` prints.
struct CommandResult {
    struct Trust: Codable {
        let path: String
        let cameWithEvidence: Bool
        /// Said wherever the result goes: keys that came with the evidence prove only that it agrees with
        /// itself.
        let caution: String?

        init(path: String, cameWithEvidence: Bool) {
            self.path = path
            self.cameWithEvidence = cameWithEvidence
            caution =
                cameWithEvidence
                ? "The trust file \(path) came with the evidence. Whoever altered one could have altered "
                    + "both: use --trust with a file that you obtained separately."
                : nil
        }
    }

    struct Ledger: Codable {
        let path: String
        let report: VerificationReport
    }

    struct Receipt: Codable {
        let path: String
        private(set) var outcome: VerificationReport.Outcome
        var index: UInt64?
        var leafHash: String?
        var origin: String?
        var treeSize: UInt64?
        var root: String?
        /// Key id of the signature that was given with it.
        var signer: String?
        /// What could not be checked of it.
        private(set) var notChecked: [String] = []
        var failure: VerificationFailure?

        static let entryUnknown =
            "that the entry is in the tree: the proof does not carry its header; give the header "
            + "(--header) or the ledger"

        init(path: String, verified: VerifiedReceipt) {
            self.path = path
            if !verified.isSignatureChecked {
                notChecked.append("the checkpoint's signature: no trust file given (--trust)")
            }
            if verified.leaf == nil { notChecked.append(Self.entryUnknown) }
            outcome = notChecked.isEmpty ? .verified : .partial
            index = verified.index
            leafHash = verified.leaf?.hex
            origin = verified.origin
            treeSize = verified.treeSize
            root = verified.root.hex
            signer = verified.signer
        }

        init(path: String, failure: VerificationFailure) {
            self.path = path
            outcome = .failed
            self.failure = failure
        }

        /// A ledger has the entry that the proof speaks of.
        mutating func foundInLedger() {
            notChecked.removeAll { $0 == Self.entryUnknown }
            if failure == nil, notChecked.isEmpty { outcome = .verified }
        }
    }

    struct Subject: Codable {
        let path: String
        private(set) var outcome: VerificationReport.Outcome
        var subject: String?
        var entries: Int?
        /// Nothing was left out up to its seal.
        var segment: UInt64?
        var generation: UInt64?
        var treeSize: UInt64?
        var auditEntries: UInt64?
        var openedRecords: Int?
        private(set) var notChecked: [String] = []
        var failure: VerificationFailure?

        init(path: String, verified: VerifiedSubject) {
            self.path = path
            if !verified.isSignatureChecked {
                notChecked.append("signatures: no trust file given (--trust)")
            }
            if verified.sealed == nil {
                notChecked.append(
                    "that nothing was left out: no segment that pins it has been sealed")
            }
            if let sealed = verified.sealed, sealed.hasEarlierGenerations {
                notChecked.append(
                    "generations before \(sealed.generation): nothing pins their entries here")
            }
            outcome = notChecked.isEmpty ? .verified : .partial
            subject = verified.subject.hex
            entries = verified.entries
            segment = verified.sealed?.segment
            generation = verified.sealed?.generation
            treeSize = verified.sealed?.treeSize
            auditEntries = verified.sealed?.auditEntries
            openedRecords = verified.openedRecords
        }

        init(path: String, failure: VerificationFailure) {
            self.path = path
            outcome = .failed
            self.failure = failure
        }
    }

    var trust: Trust?
    var isTrustUnusable = false
    var seconds = 0.0
    private(set) var ledgers: [Ledger] = []
    private(set) var receipts: [Receipt] = []
    private(set) var subjects: [Subject] = []
    private(set) var certificates: [Certificate] = []
    /// The first failure of all.
    private(set) var failure: VerificationFailure?
    private var runFailure: VerificationFailure?

    var entries: UInt64 { ledgers.reduce(0) { $0 + $1.report.entries } }

    var status: ExitStatus {
        var found: [ExitStatus] = []
        if let runFailure { found.append(exitStatus(.failed, runFailure)) }
        found += ledgers.map { exitStatus($0.report.outcome, $0.report.failure) }
        found += receipts.map { exitStatus($0.outcome, $0.failure) }
        found += subjects.map { exitStatus($0.outcome, $0.failure) }
        found += certificates.map { exitStatus($0.outcome, $0.failure) }
        return found.reduce(.verified) { $0.combined(with: $1) }
    }

    mutating func add(_ report: VerificationReport, path: String) {
        ledgers.append(Ledger(path: path, report: report))
        failure = failure ?? report.failure
        for position in receipts.indices
        where report.receiptsCompared.contains(receipts[position].path) {
            receipts[position].foundInLedger()
        }
    }

    mutating func add(_ receipt: Receipt) {
        receipts.append(receipt)
        failure = failure ?? receipt.failure
    }

    mutating func add(_ subject: Subject) {
        subjects.append(subject)
        failure = failure ?? subject.failure
    }

    mutating func add(_ certificate: Certificate) {
        certificates.append(certificate)
        failure = failure ?? certificate.failure
    }

    /// A failure of the whole run.
    mutating func add(_ found: VerificationFailure) {
        runFailure = runFailure ?? found
        failure = failure ?? found
    }

    private func exitStatus(
        _ outcome: VerificationReport.Outcome, _ failure: VerificationFailure?
    ) -> ExitStatus {
        switch outcome {
        case .verified: .verified
        case .partial: .partial
        case .failed: isUnusable(failure) ? .unusable : .failed
        }
    }

    private func isUnusable(_ failure: VerificationFailure?) -> Bool {
        isTrustUnusable || failure?.code == .unreadable || failure?.code == .noSegments
    }
}

// MARK: - Output

extension CommandResult {
    func write(asJSON: Bool) {
        let text = asJSON ? jsonText() : SummaryText(self).text
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Where no summary says it.
    func writeCaution() {
        guard let caution = trust?.caution else { return }
        FileHandle.standardError.write(Data("CAUTION  \(SummaryText.printable(caution))\n".utf8))
    }

    private struct Document: Codable {
        var format = "chancery-verify/1"
        let outcome: String
        let exitCode: Int32
        let trust: Trust?
        let seconds: Double
        let entriesPerSecond: Double
        let ledgers: [Ledger]
        let receipts: [Receipt]
        let subjects: [Subject]
        let certificates: [Certificate]
        let failure: VerificationFailure?
    }

    private func jsonText() -> String {
        let document = Document(
            outcome: "\(status)", exitCode: status.rawValue, trust: trust, seconds: seconds,
            entriesPerSecond: seconds > 0 ? (Double(entries) / seconds).rounded() : 0,
            ledgers: ledgers, receipts: receipts, subjects: subjects,
            certificates: certificates, failure: failure)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Nothing in the document can fail to encode; if it ever does, the exit code still tells.
        guard let data = try? encoder.encode(document) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
