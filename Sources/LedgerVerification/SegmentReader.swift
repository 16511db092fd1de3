internal import LedgerFormat

/// Opens an untrusted segment file read-only and proves that it *is* a segment: identity, encoding,
/// schema byte for byte, one segment row. Nothing else is read before that holds, so a view or
/// trigger that plays a table is never asked anything.
final class SegmentReader {
    let path: String
    let isSealed: Bool
    let row: SegmentRow
    /// Indices of the first and last entry as SQLite finds them; nil when there are none.
    let bounds: ClosedRange<UInt64>?
    /// Set when the file had to be copied to be readable; the copy lives as long as the reader.
    let copy: TemporaryCopy?
    let database: EvidenceDatabase
    /// False for a final file, and for one that was created but never opened for writing.
    let isWriteAhead: Bool

    /// - Throws: `unreadable`, `database`, `schema`, `segmentRow`.
    init(path: String, isSealed: Bool) throws(VerificationFailure) {
        let name = EvidenceFile.name(path)
        (database, copy) = try Self.open(path: path, isSealed: isSealed)
        self.path = copy?.path ?? path
        self.isSealed = isSealed
        do throws(DatabaseProblem) {
            let identity = try Self.identityProblem(database)
            if let identity { throw DatabaseProblem(code: Self.refused, message: identity) }
        } catch {
            throw error.code == Self.refused
                ? VerificationFailure(.schema, file: name, error.message)
                : Self.failure(error, file: name)
        }
        do throws(DatabaseProblem) {
            guard let row = try Self.segmentRow(database) else {
                throw DatabaseProblem(
                    code: Self.refused, message: "table segment does not hold exactly one good row")
            }
            self.row = row
            bounds = try Self.entryBounds(database)
            let mode = try database.prepare("PRAGMA journal_mode")
            isWriteAhead = try mode.step() && mode.text(0, atMost: 16) == "wal"
        } catch {
            throw error.code == Self.refused
                ? VerificationFailure(.segmentRow, file: name, error.message)
                : Self.failure(error, file: name)
        }
        // The file is a write-ahead one before it takes an entry, and then no journal is written any more.
        guard bounds == nil || copy?.hasJournal != true else {
            throw VerificationFailure(
                .database, file: name, "a rollback journal lies beside it, although it has entries")
        }
    }

    /// Marks a rule of ours that is broken, where SQLite itself has no complaint.
    private static let refused: Int32 = -1

    static func failure(_ problem: DatabaseProblem, file: String) -> VerificationFailure {
        VerificationFailure(
            problem.isOfTheSystem ? .unreadable : .database, file: file,
            "SQLite cannot read this file: \(problem.message)")
    }

    // MARK: - Opening

    private static func open(
        path: String, isSealed: Bool
    ) throws(VerificationFailure) -> (database: EvidenceDatabase, copy: TemporaryCopy?) {
        try EvidenceFile.requireRegular(path)
        let name = EvidenceFile.name(path)
        if !isSealed {
            for suffix in ["-wal", "-journal"] where EvidenceFile.kind(path + suffix) == .other {
                throw EvidenceFile.unreadable(path + suffix, "not a regular file")
            }
            // A journal must be rolled back, and an index of the log that is no file cannot be used:
            // neither can be done here without writing.
            if EvidenceFile.kind(path + "-journal") == .regular
                || EvidenceFile.kind(path + "-shm") == .other
            {
                return try openCopy(of: path)
            }
        }
        do throws(DatabaseProblem) {
            return (try begin(path: path, mode: isSealed ? .sealed : .live), nil)
        } catch {
            // On read-only media SQLite cannot make the index of the write-ahead log.
            guard !isSealed, error.isPlaceNotFile else { throw failure(error, file: name) }
            return try openCopy(of: path)
        }
    }

    private static func openCopy(
        of path: String
    ) throws(VerificationFailure) -> (database: EvidenceDatabase, copy: TemporaryCopy?) {
        let copy = try TemporaryCopy(ofSegmentAt: path)
        do throws(DatabaseProblem) {
            return (try begin(path: copy.path, mode: .copied), copy)
        } catch {
            throw failure(error, file: EvidenceFile.name(path))
        }
    }

    private static func begin(
        path: String, mode: EvidenceDatabase.Mode
    ) throws(DatabaseProblem) -> EvidenceDatabase {
        let database = try EvidenceDatabase(path: path, mode: mode)
        try database.run("BEGIN")
        // The first read fixes the snapshot: everything after it sees this instant.
        // One row only, as a damaged tree can be made to have more than anyone can count.
        _ = try database.integer("SELECT 1 FROM sqlite_schema LIMIT 1")
        return database
    }

    // MARK: - Identity and schema

    /// - Returns: what is wrong with the file as a segment, or nil.
    private static func identityProblem(
        _ database: EvidenceDatabase
    ) throws(DatabaseProblem) -> String? {
        guard try database.integer("PRAGMA application_id") == Int64(SegmentSchema.applicationID)
        else { return "application_id is not that of a segment" }
        guard try database.integer("PRAGMA user_version") == Int64(SegmentSchema.userVersion)
        else { return "user_version is not 1" }
        let encoding = try database.prepare("PRAGMA encoding")
        guard try encoding.step(), encoding.text(0, atMost: 16) == "UTF-8" else {
            return "the text encoding is not UTF-8"
        }
        var expected = Set(SegmentSchema.statements)
        let schema = try database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")
        while try schema.step() {
            let name = schema.text(1, atMost: 200) ?? "(unreadable)"
            guard let type = schema.text(0, atMost: 20), let table = schema.text(2, atMost: 200),
                let sql = schema.text(3, atMost: 4_096), expected.remove(sql) != nil,
                sql.hasPrefix("CREATE \(type.uppercased()) \(name) "),
                type == "table" ? table == name : sql.contains(" ON \(table) BEGIN ")
            else { return "the schema holds something that no segment has: \(name)" }
        }
        return expected.isEmpty ? nil : "the schema lacks \(expected.count) of its statements"
    }

    // MARK: - Rows

    private static func segmentRow(
        _ database: EvidenceDatabase
    ) throws(DatabaseProblem) -> SegmentRow? {
        let rows = try database.prepare(
            "SELECT number, format, generation, first_index, origin, previous FROM segment LIMIT 2")
        guard try rows.step() else { return nil }
        guard let number = rows.formatInteger(0), rows.formatInteger(1) == EntryHeader.format,
            let generation = rows.formatInteger(2), generation >= 1,
            let firstIndex = rows.formatInteger(3),
            let origin = rows.text(4, atMost: LedgerLimits.maxKeyNameBytes),
            // ASCII, so that `==` compares bytes: to it the Kelvin sign is a K.
            NoteKey.isName(origin),
            rows.isNull(5) == (firstIndex == 0)
        else { return nil }
        let previous = rows.blob(5, atMost: Digest32.byteCount).flatMap { Digest32($0) }
        guard (previous == nil) == (firstIndex == 0), try !rows.step() else { return nil }
        return SegmentRow(
            number: number, generation: generation, firstIndex: firstIndex, origin: origin,
            previous: previous)
    }

    private static func entryBounds(
        _ database: EvidenceDatabase
    ) throws(DatabaseProblem) -> ClosedRange<UInt64>? {
        guard let first = try database.integer("SELECT min(idx) FROM entry"),
            let last = try database.integer("SELECT max(idx) FROM entry")
        else { return nil }
        guard first >= 0, last >= first, last < 1 << 53 else {
            throw DatabaseProblem(code: refused, message: "entry indices are out of range")
        }
        return UInt64(first)...UInt64(last)
    }
}
