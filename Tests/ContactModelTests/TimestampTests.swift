import Foundation
import Testing

@testable import ContactModel

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000000Z", 0 as Int64),
        ("2026-11-23T09:30:00.123456Z", 1_795_426_200_123_456),
        ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("0001-01-01T00:00:00.000000Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func textAndMicrosecondsAgree(text: String, microseconds: Int64) throws {
        #expect(Timestamp(text: text)?.microsecondsSince1970 == microseconds)
        #expect(Timestamp(microsecondsSince1970: microseconds)?.text == text)
    }

    @Test func everyDayOfFourCenturiesReadsBack() {
        var previous = ""
        for day in stride(from: -719_162 as Int64, through: 200_000, by: 1) {
            guard let time = Timestamp(microsecondsSince1970: day * 86_400_000_000) else {
                Issue.record("day \(day)")
                return
            }
            let text = time.text
            guard text > previous, Timestamp(text: text) == time else {
                Issue.record("day \(day): \(text)")
                return
            }
            previous = text
        }
    }

    @Test(arguments: [
        ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000000Z"),
        ("2026-01-31t09:30:00z", "2026-01-31T09:30:00.000000Z"),
        ("2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00.000000Z"),
        ("2026-01-31T23:30:00-05:30", "2026-02-01T05:00:00.000000Z"),
        ("2026-01-31T09:30:00.5Z", "2026-01-31T09:30:00.500000Z"),
        ("2026-01-31T09:30:00.123456789Z", "2026-01-31T09:30:00.123456Z"),
    ])
    func clientsMayWriteAnyRFC3339(raw: String, text: String) {
        #expect(Timestamp(rfc3339: raw)?.text == text)
    }

    @Test(arguments: [
        "", "2026", "2026-01-31", "2026-01-31T09:30Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31T09:60:00Z",
        "2026-01-31T09:30:60Z", "2026-01-31T09:30:00", "2026-01-31T09:30:00.Z",
        "2026-01-31 09:30:00Z",
        "2026-01-31T09:30:00.1234567890Z", "2026-01-31T09:30:00+24:00", "2026-01-31T09:30:00+0200",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "2026-01-31T09:30:00Zx", "+2026-01-31T09:30:00Z", "1900-02-29T00:00:00Z",
    ])
    func whatIsNoTimeIsRefused(raw: String) {
        #expect(Timestamp(rfc3339: raw) == nil)
    }

    @Test(arguments: [
        "2026-01-31T09:30:00Z", "2026-01-31T09:30:00.12345Z", "2026-01-31t09:30:00.123456Z",
    ])
    func theLedgersFormIsOneOnly(raw: String) {
        #expect(Timestamp(text: raw) == nil)
    }

    @Test func nowIsTheWallClock() {
        let before = Int64(Date().timeIntervalSince1970 * 1_000_000) - 1_000
        #expect(Timestamp.now().microsecondsSince1970 >= before)
    }
}
