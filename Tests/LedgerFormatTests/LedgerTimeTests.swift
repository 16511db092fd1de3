import Foundation
import LedgerFormat
import Testing

@Suite struct LedgerTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_400_000_001, "2100-03-01T00:00:00.000001Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)]) func knownTimes(microseconds: Int64, text: String) throws
    {
        let time = try #require(LedgerTime(microsecondsSince1970: microseconds))
        #expect(time.text == text)
        #expect(LedgerTime(text) == time)
    }

    @Test func everyDayOfFourCenturiesAgreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: Int64(0), through: 146_097, by: 7) {
            let time = try #require(
                LedgerTime(microsecondsSince1970: (day * 86_400 + 3_661) * 1_000_000))
            let date = Date(timeIntervalSince1970: TimeInterval(day * 86_400))
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let expected = String(
                format: "%04d-%02d-%02dT01:01:01.000000Z", parts.year ?? 0, parts.month ?? 0,
                parts.day ?? 0)
            #expect(time.text == expected)
            #expect(LedgerTime(expected) == time)
        }
    }

    @Test(arguments: [
        "", "2026-11-23T08:42:00Z", "2026-11-23T08:42:00.12345Z", "2026-11-23T08:42:00.1234567Z",
        "2026-11-23t08:42:00.123456Z", "2026-11-23T08:42:00.123456z", "2026-11-23 08:42:00.123456Z",
        "2026-11-23T08:42:60.000000Z", "2026-11-23T24:00:00.000000Z", "2026-11-23T08:60:00.000000Z",
        "2026-02-29T00:00:00.000000Z", "2100-02-29T00:00:00.000000Z", "2026-04-31T00:00:00.000000Z",
        "2026-00-10T00:00:00.000000Z", "2026-13-10T00:00:00.000000Z", "2026-01-00T00:00:00.000000Z",
        "1969-12-31T23:59:59.999999Z", "2026-11-23T08:42:00.+23456Z", "+026-11-23T08:42:00.123456Z",
        "2026-11-23T08:42:00,123456Z", "2026-11-23T08:42:00.123456Z ",
    ]) func anyOtherFormIsRefused(text: String) {
        #expect(LedgerTime(text) == nil)
    }

    @Test func clockReadingsAreClampedToTheCalendar() {
        #expect(LedgerTime(clampingSeconds: -5, nanoseconds: 0) == .earliest)
        #expect(LedgerTime(clampingSeconds: .max, nanoseconds: 999_999_999) == .latest)
        #expect(LedgerTime(clampingSeconds: .min, nanoseconds: 0) == .earliest)
        let time = LedgerTime(clampingSeconds: 1, nanoseconds: 2_999)
        #expect(time.microsecondsSince1970 == 1_000_002)
        #expect(time.advanced(byMicroseconds: -1)?.microsecondsSince1970 == 1_000_001)
        #expect(time.advanced(byMicroseconds: .max) == nil)
        #expect(LedgerTime(microsecondsSince1970: -1) == nil)
    }
}
