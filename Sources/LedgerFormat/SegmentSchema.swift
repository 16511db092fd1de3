// FORMAT 5.1: the SQLite file of a segment. `sqlite_schema` holds exactly these statements, compared
// byte for byte; a test compares them with FORMAT.md.

/// Names, ids and schema of segment files.
public enum SegmentSchema {
    /// "CHNC"
    public static let applicationID: Int32 = 0x4348_4E43
    public static let userVersion: Int32 = 1

    public static let tables = ["segment", "entry", "boundary", "checkpoint", "published"]

    /// In the order of `tables`.
    public static let tableStatements = [
        """
        CREATE TABLE segment (number INTEGER PRIMARY KEY, format INTEGER NOT NULL, \
        generation INTEGER NOT NULL, first_index INTEGER NOT NULL, origin TEXT NOT NULL, \
        previous BLOB) STRICT
        """,
        """
        CREATE TABLE entry (idx INTEGER PRIMARY KEY, header BLOB NOT NULL, \
        payload BLOB NOT NULL) STRICT
        """,
        "CREATE TABLE boundary (size INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
        "CREATE TABLE published (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
    ]

    /// For each table in order: no UPDATE, no DELETE.
    public static let triggerStatements = tables.flatMap { table in
        ["update", "delete"].map { verb in
            "CREATE TRIGGER \(table)_no_\(verb) BEFORE \(verb.uppercased()) ON \(table) "
                + "BEGIN SELECT RAISE(ABORT, 'a segment only grows'); END"
        }
    }

    /// All of `sqlite_schema`: tables, then triggers.
    public static let statements = tableStatements + triggerStatements

    // MARK: Files

    /// - Parameter segment: 1 … 99,999,999.
    public static func fileName(segment: UInt64) -> String { name(segment, "sqlite") }

    /// - Parameter segment: 1 … 99,999,999.
    public static func manifestName(segment: UInt64) -> String { name(segment, "manifest") }

    /// - Returns: nil unless this is exactly the name of a segment file.
    public static func segment(fileName: String) -> UInt64? { number(fileName, ".sqlite") }

    /// - Returns: nil unless this is exactly the name of a manifest.
    public static func segment(manifestName: String) -> UInt64? {
        number(manifestName, ".manifest")
    }

    private static func name(_ segment: UInt64, _ suffix: String) -> String {
        let digits = String(segment)
        let zeros = String(repeating: "0", count: max(0, 8 - digits.utf8.count))
        return "segment-\(zeros)\(digits).\(suffix)"
    }

    private static func number(_ name: String, _ suffix: String) -> UInt64? {
        let prefix = "segment-"
        let bytes = Array(name.utf8)
        guard bytes.count == prefix.utf8.count + 8 + suffix.utf8.count,
            bytes.starts(with: prefix.utf8),
            bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        var number: UInt64 = 0
        for digit in bytes.dropFirst(prefix.utf8.count).prefix(8) {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        return number > 0 ? number : nil
    }
}
