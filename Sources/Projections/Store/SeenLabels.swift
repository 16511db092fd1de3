import ContactModel
import LedgerFormat

/// Rows of contacts that lists show by label: column `label` is the row's own, `seen_label` joined of that and its contact's. Whose clearance
/// dominates the latter sees the row. It stands in the indexes that lists go by, so that a page costs no more where much is hidden, and its
/// cursor does not tell of what is.
final class SeenLabels: Sendable {
    private let bound: RawStatement
    private let write: RawStatement

    init(of table: String, _ statements: StatementSet) throws {
        bound = try statements.prepare("SELECT DISTINCT label FROM \(table) WHERE subject = ?")
        write = try statements.prepare(
            "UPDATE \(table) SET seen_label = ? WHERE subject = ? AND label = ?")
    }

    /// The contact bears another label from here on.
    func relabel(_ tag: SubjectTag, _ contact: String) throws {
        bound.bind(1, blob: tag)
        var labels: [String] = []
        try bound.forEach { labels.append($0.text(0)) }
        for label in labels {
            write.bind(1, Self.seen(label, contact))
            write.bind(2, blob: tag)
            write.bind(3, label)
            try write.run()
        }
    }

    /// No clearance dominates the empty text, which is what a label becomes that no header could hold.
    static func seen(_ label: String, _ contact: String) -> String {
        LabelText.join(contact, [label]) ?? ""
    }
}
