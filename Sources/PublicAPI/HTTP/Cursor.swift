import ContactServices
import LedgerFormat

/// Where a page ended, as clients carry it: opaque to them, and the same for the same place.
enum Cursor {
    static let names: Set<String> = ["cursor", "limit"]

    private static let radix = 36

    static func text(_ place: UInt64) -> String { String(place, radix: radix) }

    /// Nil: none was given.
    ///
    /// - Throws: `invalid-parameter` for what no page gave out.
    static func place(_ reader: QueryReader) throws(ServiceError) -> UInt64? {
        guard let text = reader.optionalText("cursor") else { return nil }
        guard let place = UInt64(text, radix: radix), self.text(place) == text,
            (1...LedgerLimits.maxInteger).contains(place)
        else {
            throw ServiceError(.invalidParameter, "cursor is the next of a page before, as it is.")
        }
        return place
    }

    /// How many a page shall have.
    ///
    /// - Throws: `invalid-parameter` for a number out of `range`.
    static func limit(
        _ reader: QueryReader, in range: ClosedRange<Int>, or usual: Int
    ) throws(ServiceError) -> Int {
        guard let limit = try reader.optionalInteger("limit") else { return usual }
        guard let limit = Int(exactly: limit), range.contains(limit) else {
            throw ServiceError(
                .invalidParameter, "limit is from \(range.lowerBound) to \(range.upperBound).")
        }
        return limit
    }
}
