// FORMAT 2.1, `time`: RFC 3339 in UTC with microseconds, exactly 27 characters:
//   YYYY-MM-DDThh:mm:ss.ffffffZ
// Years 1970 to 9999 of the proleptic Gregorian calendar. There is no leap second 60: the clock that
// the ledger reads (POSIX) has none. Formatters of Foundation cost 1 to 80 µs a time; this is sums.

/// A UTC time in whole microseconds.
public struct LedgerTime: Comparable, Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
    public let microsecondsSince1970: Int64

    public static let textBytes = 27
    public static let earliest = LedgerTime(unchecked: 0)
    /// 9999-12-31T23:59:59.999999Z
    public static let latest = LedgerTime(unchecked: 253_402_300_799_999_999)

    private init(unchecked microseconds: Int64) {
        microsecondsSince1970 = microseconds
    }

    /// - Returns: nil outside the years 1970 to 9999.
    public init?(microsecondsSince1970 microseconds: Int64) {
        guard
            (Self.earliest.microsecondsSince1970...Self.latest.microsecondsSince1970)
                .contains(microseconds)
        else { return nil }
        microsecondsSince1970 = microseconds
    }

    /// A reading of the real-time clock, cut to microseconds and clamped to the years 1970 to 9999.
    public init(clampingSeconds seconds: Int64, nanoseconds: Int64) {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carried) = scaled.addingReportingOverflow(nanoseconds / 1_000)
        let value = overflow || carried ? (seconds < 0 ? 0 : Int64.max) : sum
        let latest = Self.latest.microsecondsSince1970
        microsecondsSince1970 = min(max(value, 0), latest)
    }

    public static func < (left: LedgerTime, right: LedgerTime) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// The time moved by `microseconds`, or nil when that leaves the years 1970 to 9999.
    public func advanced(byMicroseconds microseconds: Int64) -> LedgerTime? {
        let (sum, overflow) = microsecondsSince1970.addingReportingOverflow(microseconds)
        return overflow ? nil : LedgerTime(microsecondsSince1970: sum)
    }
}

// MARK: - Text

extension LedgerTime {
    public var text: String {
        String(unsafeUninitializedCapacity: Self.textBytes) { out in
            write(to: UnsafeMutableRawBufferPointer(out))
            return Self.textBytes
        }
    }

    /// - Returns: nil unless `text` is a real time in exactly the form of FORMAT 2.1.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let value = bytes.withUnsafeBytes({ LedgerTime(buffer: $0) }) else { return nil }
        self = value
    }

    init?(buffer: UnsafeRawBufferPointer) {
        guard buffer.count == Self.textBytes,
            buffer[4] == 0x2D, buffer[7] == 0x2D, buffer[10] == 0x54, buffer[13] == 0x3A,
            buffer[16] == 0x3A, buffer[19] == 0x2E, buffer[26] == 0x5A,
            let year = Self.digits(buffer, 0, 4), let month = Self.digits(buffer, 5, 2),
            let day = Self.digits(buffer, 8, 2), let hour = Self.digits(buffer, 11, 2),
            let minute = Self.digits(buffer, 14, 2), let second = Self.digits(buffer, 17, 2),
            let micros = Self.digits(buffer, 20, 6),
            year >= 1970, (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(year: year, month: month),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        microsecondsSince1970 = seconds * 1_000_000 + micros
    }

    /// Writes the 27 bytes of the text; `out` must hold as many.
    func write(to out: UnsafeMutableRawBufferPointer) {
        let (seconds, micros) = microsecondsSince1970.quotientAndRemainder(dividingBy: 1_000_000)
        let (days, inDay) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = Self.civil(daysSince1970: days)
        Self.put(year, 4, at: 0, to: out)
        out[4] = 0x2D
        Self.put(month, 2, at: 5, to: out)
        out[7] = 0x2D
        Self.put(day, 2, at: 8, to: out)
        out[10] = 0x54
        Self.put(inDay / 3_600, 2, at: 11, to: out)
        out[13] = 0x3A
        Self.put(inDay / 60 % 60, 2, at: 14, to: out)
        out[16] = 0x3A
        Self.put(inDay % 60, 2, at: 17, to: out)
        out[19] = 0x2E
        Self.put(micros, 6, at: 20, to: out)
        out[26] = 0x5A
    }

    @inline(__always)
    private static func digits(
        _ buffer: UnsafeRawBufferPointer, _ start: Int, _ count: Int
    ) -> Int64? {
        var value: Int64 = 0
        for at in start..<start + count {
            guard (0x30...0x39).contains(buffer[at]) else { return nil }
            value = value * 10 + Int64(buffer[at] - 0x30)
        }
        return value
    }

    private static func put(
        _ value: Int64, _ count: Int, at start: Int, to out: UnsafeMutableRawBufferPointer
    ) {
        var rest = value
        for at in stride(from: start + count - 1, through: start, by: -1) {
            out[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

// MARK: - Calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"; years run from March)

extension LedgerTime {
    private static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension LedgerTime: CustomStringConvertible {
    public var description: String { text }
}
