internal import LedgerFormat

/// A cursor over `boundary`, `checkpoint` or `published`: rows by ascending tree size, one looked at
/// ahead.
final class SizedRows {
    private let rows: EvidenceStatement
    private let table: String
    private let hasNote: Bool
    /// Size of the row at hand; nil after the last.
    private(set) var size: UInt64?

    init(_ table: String, hasNote: Bool, in database: EvidenceDatabase) throws(DatabaseProblem) {
        self.table = table
        self.hasNote = hasNote
        // The names are ours, never the file's.
        rows = try database.prepare(
            "SELECT size\(hasNote ? ", note" : "") FROM \(table) ORDER BY size")
    }

    /// - Returns: what is wrong with the next row, or nil.
    func advance() throws(DatabaseProblem) -> VerificationFailure? {
        guard try rows.step() else {
            size = nil
            return nil
        }
        guard let next = rows.formatInteger(0), size.map({ next > $0 }) ?? true else {
            return VerificationFailure(.boundary, "table \(table): sizes are out of rule or order")
        }
        size = next
        return nil
    }

    /// The note of the row at hand.
    func note() -> [UInt8]? {
        guard hasNote else { return nil }
        return rows.blob(1, atMost: LedgerLimits.maxNoteBytes).map { Array($0) }
    }
}
