/// A day of the proleptic Gregorian calendar, in UTC, in the years 0001 to 9999. Text: `YYYY-MM-DD` (RFC 3339, full-date).
public struct CalendarDate: Hashable, Sendable, Comparable {
    private let daysSince1970: Int64

    private init(clamping days: Int64) {
        daysSince1970 = min(max(days, Self.first), Self.last)
    }

    private static let first = Calendar.daysSince1970(year: 1, month: 1, day: 1)
    private static let last = Calendar.daysSince1970(year: 9_999, month: 12, day: 31)

    /// The day that a moment is in.
    public init(_ time: Timestamp) {
        self.init(clamping: time.microsecondsSince1970.flooredQuotient(86_400_000_000))
    }

    /// Nil unless it is the text of a day that there is.
    public init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = Timestamp(rfc3339: text + "T00:00:00Z") else {
            return nil
        }
        self.init(midnight)
    }

    public func adding(days: Int) -> CalendarDate {
        CalendarDate(clamping: daysSince1970 + Int64(days))
    }

    /// The same day of a later month, or that month's last where it has no such day: a month from 31 January is the end of
    /// February. Nothing lies beyond the year 9999.
    public func adding(months: Int) -> CalendarDate {
        let date = Calendar.date(daysSince1970: daysSince1970)
        let month = date.month - 1 + months
        let (year, ofYear) = (date.year + month / 12, month % 12 + 1)
        return CalendarDate(
            clamping: Calendar.daysSince1970(
                year: year, month: ofYear,
                day: min(date.day, Calendar.days(in: ofYear, of: year))))
    }

    public var text: String {
        let midnight = Timestamp(microsecondsSince1970: daysSince1970 * 86_400_000_000)
        return String(midnight?.text.prefix(10) ?? "")
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.daysSince1970 < rhs.daysSince1970 }
}
