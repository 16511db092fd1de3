internal import LedgerVerification

/// The summary for people.
struct SummaryText {
    private var lines: [String] = []

    var text: String { lines.joined(separator: "\n") }

    init(_ result: CommandResult) {
        for ledger in result.ledgers { add(ledger, seconds: result.seconds) }
        for receipt in result.receipts { add(receipt) }
        for subject in result.subjects { add(subject) }
        for certificate in result.certificates { add(certificate) }
        if let caution = result.trust?.caution {
            lines.append("")
            lines.append("CAUTION  \(Self.printable(caution))")
        }
        if let failure = result.failure {
            lines.append("")
            lines.append("FAILED   \(Self.printable(failure.description))")
        }
        lines.append("")
        lines.append(Self.verdict(result))
    }

    private static func verdict(_ result: CommandResult) -> String {
        switch result.status {
        case .verified: "Verified: everything holds."
        case .failed: "Verification FAILED."
        case .unusable: "Nothing verified: the input cannot be used."
        case .partial: "Verified IN PART: what could be checked holds; see \"not checked\" above."
        }
    }

    private mutating func add(_ ledger: CommandResult.Ledger, seconds: Double) {
        let report = ledger.report
        add("evidence", ledger.path)
        if report.treeSize > 0 {
            add("origin", "\(report.origin) (generation \(report.generation))")
            let files =
                report.segments > 0
                ? " in \(report.segments) segments, \(report.sealedSegments) sealed" : ""
            let attested =
                report.attestedSegments > 0 ? ", \(report.attestedSegments) attested by a TPM" : ""
            add("entries", Figures.grouped(report.entries) + files + attested)
            add("tree size", Figures.grouped(report.treeSize))
            if report.anchors > 0 {
                add(
                    "anchors",
                    "\(Figures.grouped(UInt64(report.anchors))) at which its TPM certified the tree"
                )
            }
            add("signed size", Figures.grouped(report.signedSize))
            add("root", report.root ?? "not computable without the earlier segments")
            add("live tail", "\(Figures.grouped(report.liveTail)) entries behind the last seal")
            if report.unsignedTail > 0 {
                add(
                    "unsigned",
                    "\(Figures.grouped(report.unsignedTail)) entries, durable but not "
                        + "yet covered by a checkpoint")
            }
            let rate = seconds > 0 ? UInt64(Double(report.entries) / seconds) : 0
            add(
                "speed",
                "\(Figures.grouped(rate)) entries/s, \(Figures.seconds(seconds)) s in all")
        }
        for key in report.keys {
            let range = "sizes \(key.fromSize) to \(key.untilSize.map(String.init) ?? "now")"
            add("key", "\(key.use) \(key.algorithm) \(key.keyId) (\(range))")
        }
        for receipt in report.receiptsCompared { add("agrees with", receipt) }
        for note in report.notes { add("note", note) }
        for item in report.notChecked { add("not checked", item) }
    }

    private mutating func add(_ receipt: CommandResult.Receipt) {
        add("receipt", receipt.path)
        guard receipt.failure == nil else { return }
        add("entry", receipt.index.map(Figures.grouped) ?? "")
        if let leafHash = receipt.leafHash { add("leaf hash", leafHash) }
        add("origin", receipt.origin ?? "")
        add("tree size", receipt.treeSize.map(Figures.grouped) ?? "")
        add("root", receipt.root ?? "")
        if let signer = receipt.signer { add("signed by", "receipt key \(signer)") }
        for item in receipt.notChecked { add("not checked", item) }
    }

    private mutating func add(_ subject: CommandResult.Subject) {
        add("subject", subject.path)
        guard subject.failure == nil else { return }
        add("tag", subject.subject ?? "")
        add("entries", "\(subject.entries ?? 0), each in a signed tree and behind the one before")
        if let segment = subject.segment, let generation = subject.generation,
            let size = subject.treeSize
        {
            add(
                "complete",
                "up to segment \(segment) (\(Figures.grouped(size)) entries of generation \(generation)); "
                    + "\(subject.auditEntries ?? 0) audit entries are counted, not shown")
        }
        if let opened = subject.openedRecords, opened > 0 {
            add("opened", "\(opened) provenance records tell of exactly the values given")
        }
        for item in subject.notChecked { add("not checked", item) }
    }

    private mutating func add(_ certificate: CommandResult.Certificate) {
        add("certificate", certificate.path)
        guard certificate.failure == nil else { return }
        add("tag", certificate.subject ?? "")
        add("erased", "\(certificate.erasedAt ?? ""), ordered and done in signed trees")
        add(
            "epochs",
            "\(certificate.epochBefore ?? 0) before, \(certificate.epochAfter ?? 0) after")
        add("escrow", "\(certificate.escrowText) (as of \(certificate.issuedAt ?? ""))")
        let recipients = certificate.recipients ?? []
        let omitted = certificate.omittedRecipients ?? 0
        add(
            "to be told",
            (recipients.isEmpty ? "nobody" : recipients.joined(separator: ", "))
                + (omitted > 0 ? ", and \(omitted) more who are not named" : ""))
        let exceptions = certificate.exceptions ?? []
        if !exceptions.isEmpty { add("exceptions", exceptions.joined(separator: ", ")) }
        add("signed by", "receipt key \(certificate.signer ?? "") of \(certificate.origin ?? "")")
        for item in certificate.notChecked { add("not checked", item) }
    }

    private mutating func add(_ name: String, _ value: String) {
        let padding = String(repeating: " ", count: max(1, 13 - name.count))
        lines.append(name + padding + Self.printable(value))
    }

    /// Evidence may hold names made to confuse a terminal, or its reader: controls, also those that turn the direction
    /// of writing.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
