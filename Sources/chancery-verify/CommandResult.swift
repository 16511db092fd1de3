internal import Foundation
internal import LedgerVerification

/// Everything one run found; encodes to the object that `--json` prints.
struct CommandResult {
    struct Trust: Codable {
        let path: String
        let cameWithEvidence: Bool
    }

    struct Ledger: Codable {
        let path: String
        let report: VerificationReport
    }

    struct Receipt: Codable {
        let path: String
        let outcome: VerificationReport.Outcome
        var index: UInt64?
        var leafHash: String?
        var origin: String?
        var treeSize: UInt64?
        var root: String?
        var failure: VerificationFailure?

        init(path: String, verified: VerifiedReceipt) {
            self.path = path
            outcome = verified.isSignatureChecked ? .verified : .partial
            index = verified.header.index
            leafHash = verified.leaf.hex
            origin = verified.origin
            treeSize = verified.treeSize
            root = verified.root.hex
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
    /// The first failure of all.
    private(set) var failure: VerificationFailure?
    private(set) var status = ExitStatus.verified

    var entries: UInt64 { ledgers.reduce(0) { $0 + $1.report.entries } }

    mutating func add(_ report: VerificationReport, path: String) {
        ledgers.append(Ledger(path: path, report: report))
        add(report.outcome, failure: report.failure)
    }

    mutating func add(_ receipt: Receipt) {
        receipts.append(receipt)
        add(receipt.outcome, failure: receipt.failure)
    }

    /// A failure of the whole run.
    mutating func add(_ failure: VerificationFailure) {
        add(.failed, failure: failure)
    }

    private mutating func add(_ outcome: VerificationReport.Outcome, failure: VerificationFailure?)
    {
        self.failure = self.failure ?? failure
        let found: ExitStatus =
            switch outcome {
            case .verified: .verified
            case .partial: .partial
            case .failed: isUnusable(failure) ? .unusable : .failed
            }
        status = status.combined(with: found)
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

    private struct Document: Codable {
        var format = "chancery-verify/1"
        let outcome: String
        let exitCode: Int32
        let trust: Trust?
        let seconds: Double
        let entriesPerSecond: Double
        let ledgers: [Ledger]
        let receipts: [Receipt]
        let failure: VerificationFailure?
    }

    private func jsonText() -> String {
        let document = Document(
            outcome: "\(status)", exitCode: status.rawValue, trust: trust, seconds: seconds,
            entriesPerSecond: seconds > 0 ? (Double(entries) / seconds).rounded() : 0,
            ledgers: ledgers, receipts: receipts, failure: failure)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Nothing in the document can fail to encode; if it ever does, the exit code still tells.
        guard let data = try? encoder.encode(document) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
