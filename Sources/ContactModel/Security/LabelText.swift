/// Labels as they stand in headers and tables.
public enum LabelText {
    /// Most are the same, and then nothing is taken apart.
    ///
    /// - Returns: nil when it would be longer than a header takes. A text that is no label counts for nothing: an entry that is
    ///   durable has none.
    public static func join(_ text: String, _ others: some Sequence<String>) -> String? {
        var joined: SecurityLabel?
        for other in others where other != text {
            guard let label = try? SecurityLabel(other),
                let soFar = joined ?? (try? SecurityLabel(text))
            else { continue }
            joined = soFar.join(label)
        }
        let result = joined?.text ?? text
        return result.utf8.count <= ModelLimits.labelBytes ? result : nil
    }
}
