/// What `GET /api/v1/keys` answers.
struct KeyList: Codable, Sendable {
    static let path = "/api/v1/keys"
    /// For help.
    static let members = """
        JSON (--json): {keys: [{use, name, keyId, algorithm, fromSize, untilSize, destroyed, activatedAt, retiredAt}], \
        dayKeys: {active, oldest, count}}; what has no value yet is left out.
        """

    struct Key: Codable, Sendable {
        let use: String
        let name: String
        let keyId: String
        let algorithm: String
        let fromSize: UInt64
        let untilSize: UInt64?
        let destroyed: Bool
        let activatedAt: UInt64?
        let retiredAt: UInt64?
    }

    struct DayKeys: Codable, Sendable {
        let active: String?
        let oldest: String?
        let count: UInt64
    }

    let keys: [Key]
    let dayKeys: DayKeys

    /// A table, and a line on the keys that encrypt.
    var text: String {
        var rows = [["use", "name", "key id", "algorithm", "sizes", "announced", "state"]]
        for key in keys {
            rows.append([
                key.use, key.name, key.keyId, key.algorithm,
                "\(key.fromSize) to \(key.untilSize.map { "\($0)" } ?? "…")",
                key.activatedAt.map { "entry \($0)" } ?? "not yet", state(of: key),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }.joined(separator: "  ")
        }
        let days =
            dayKeys.active.map {
                "values are encrypted under \($0); \(dayKeys.count) data keys since \(dayKeys.oldest ?? $0)"
            } ?? "nothing was encrypted yet"
        return (lines + [days]).joined(separator: "\n")
    }

    private func state(of key: Key) -> String {
        guard key.untilSize != nil else {
            let before = keys.contains {
                $0.use == key.use && $0.algorithm == key.algorithm && $0.untilSize == nil
                    && $0.fromSize < key.fromSize
            }
            return before ? "will follow" : "active"
        }
        return key.destroyed
            ? "retired at entry \(key.retiredAt.map { "\($0)" } ?? "…"), destroyed"
            : "retired, to be destroyed"
    }
}
