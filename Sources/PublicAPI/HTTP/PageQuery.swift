import ContactServices
import LedgerFormat

/// Which page of a list is asked for: `cursor`, the `next` of the page before as it is, and `limit`.
struct PageQuery {
    static let names: Set<String> = ["cursor", "limit"]

    /// A position in the ledger; nil: from the newest on.
    let cursor: UInt64?
    let limit: Int

    /// - Throws: `invalid-parameter`
    init(_ reader: QueryReader, limits: ClosedRange<Int>) throws(ServiceError) {
        cursor = try Self.cursor(reader)
        limit = try Self.limit(reader, limits)
    }

    private static let radix = 36
    private static let usualLimit = 50

    static func text(_ cursor: UInt64) -> String { String(cursor, radix: radix) }

    private static func cursor(_ reader: QueryReader) throws(ServiceError) -> UInt64? {
        guard let text = reader.optionalText("cursor") else { return nil }
        guard let cursor = UInt64(text, radix: radix), self.text(cursor) == text,
            (1...LedgerLimits.maxInteger).contains(cursor)
        else {
            throw ServiceError(.invalidParameter, "cursor is the next of a page before, as it is.")
        }
        return cursor
    }

    private static func limit(
        _ reader: QueryReader, _ limits: ClosedRange<Int>
    ) throws(ServiceError) -> Int {
        guard let limit = try reader.optionalInteger("limit") else { return usualLimit }
        guard let limit = Int(exactly: limit), limits.contains(limit) else {
            throw ServiceError(
                .invalidParameter, "limit is from \(limits.lowerBound) to \(limits.upperBound).")
        }
        return limit
    }
}
