/// What an import did, line by line.
struct ImportSummary: Sendable {
    private(set) var written = 0
    private(set) var alreadyThere = 0
    /// Lines about contacts whose create was not done: because they were there before, or because it was refused.
    private(set) var dependent = 0
    private(set) var postponed = 0
    private(set) var refused = 0
    /// The first few lines that were not taken, with their reasons.
    private(set) var examples: [String] = []

    private static let shownExamples = 5

    var total: Int { written + alreadyThere + dependent + postponed + refused }
    /// Whether every line is in the ledger, now or since before. Of a line about a contact that was there before
    /// nobody can tell.
    var isComplete: Bool { postponed == 0 && refused == 0 && dependent == 0 }

    mutating func add(_ result: BulkResult) {
        switch result.kind {
        case .written: written += 1
        case .alreadyThere: alreadyThere += 1
        case .dependent: dependent += 1
        case .postponed:
            postponed += 1
            explain(result)
        case .refused:
            refused += 1
            explain(result)
        }
    }

    private mutating func explain(_ result: BulkResult) {
        guard examples.count < Self.shownExamples else { return }
        let line = result.line.map(String.init) ?? "?"
        examples.append(
            "line \(line): \(result.status) \(result.problem?.text ?? "no reason given")")
    }

    var text: String {
        var parts = [
            "\(Figures.grouped(written)) written", "\(Figures.grouped(alreadyThere)) already there",
            "\(Figures.grouped(refused)) refused",
        ]
        if dependent > 0 {
            parts.append("\(Figures.grouped(dependent)) about contacts not written now left out")
        }
        if postponed > 0 { parts.append("\(Figures.grouped(postponed)) not taken now") }
        return parts.joined(separator: ", ")
    }
}

extension ImportSummary: Encodable {
    private enum CodingKeys: String, CodingKey {
        case written, alreadyThere, refused, leftOut, postponed, total, complete, examples
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(written, forKey: .written)
        try members.encode(alreadyThere, forKey: .alreadyThere)
        try members.encode(refused, forKey: .refused)
        try members.encode(dependent, forKey: .leftOut)
        try members.encode(postponed, forKey: .postponed)
        try members.encode(total, forKey: .total)
        try members.encode(isComplete, forKey: .complete)
        try members.encode(examples, forKey: .examples)
    }
}
