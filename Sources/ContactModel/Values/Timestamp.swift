import Foundation

/// A moment in UTC to the microsecond, whose text is the ledger's: `YYYY-MM-DDThh:mm:ss.ffffffZ` (FORMAT 2.1).
///
/// Years 0001 to 9999, proleptic Gregorian, no leap seconds (POSIX time).
public struct Timestamp: Hashable, Sendable, Comparable {
    public let microsecondsSince1970: Int64

    /// Nil outside the years 0001 to 9999.
    public init?(microsecondsSince1970: Int64) {
        guard Self.range.contains(microsecondsSince1970) else { return nil }
        self.microsecondsSince1970 = microsecondsSince1970
    }

    private static let range: ClosedRange<Int64> =
        -62_135_596_800_000_000...253_402_300_799_999_999

    /// The system's wall clock.
    public static func now() -> Timestamp {
        let seconds = Date().timeIntervalSince1970
        let microseconds = Int64(exactly: (seconds * 1_000_000).rounded(.down)) ?? 0
        return Timestamp(clamping: microseconds)
    }

    private init(clamping microseconds: Int64) {
        microsecondsSince1970 = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.microsecondsSince1970 < rhs.microsecondsSince1970
    }
}
