import ContactModel
import Testing

@Suite struct CalendarDateTests {
    private static func date(_ text: String) throws -> CalendarDate {
        try #require(CalendarDate(text))
    }

    @Test(
        arguments: [
            ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"),
            ("2028-01-29", 1, "2028-02-29"), ("2026-01-29", 1, "2026-02-28"),
            ("2100-01-30", 1, "2100-02-28"), ("2000-01-30", 1, "2000-02-29"),
            ("2026-01-28", 1, "2026-02-28"), ("2026-02-28", 1, "2026-03-28"),
            ("2026-03-31", 1, "2026-04-30"), ("2026-12-31", 1, "2027-01-31"),
            ("2026-12-01", 1, "2027-01-01"), ("2026-11-30", 3, "2027-02-28"),
            ("2027-11-30", 3, "2028-02-29"), ("2026-01-31", 3, "2026-04-30"),
        ])
    func aMonthEndsOnTheSameDayOrTheLast(from: String, months: Int, to: String) throws {
        #expect(try Self.date(from).adding(months: months).text == to)
    }

    @Test(
        arguments: [
            ("2026-01-01", 45, "2026-02-15"), ("2028-01-31", 45, "2028-03-16"),
            ("2027-01-31", 45, "2027-03-17"), ("2026-12-31", 90, "2027-03-31"),
            ("2027-12-31", 90, "2028-03-30"),
        ])
    func daysCountOverMonthsAndYears(from: String, days: Int, to: String) throws {
        #expect(try Self.date(from).adding(days: days).text == to)
    }

    @Test func theLastMomentOfADayIsStillThatDay() throws {
        let last = try #require(Timestamp(rfc3339: "2026-02-28T23:59:59.999999Z"))
        let first = try #require(Timestamp(rfc3339: "2026-03-01T00:00:00Z"))
        let elsewhere = try #require(Timestamp(rfc3339: "2026-03-01T00:30:00+01:00"))
        #expect(CalendarDate(last).text == "2026-02-28")
        #expect(CalendarDate(first).text == "2026-03-01")
        #expect(CalendarDate(elsewhere).text == "2026-02-28")
        #expect(CalendarDate(last) < CalendarDate(first))
        let before1970 = try #require(Timestamp(rfc3339: "1969-12-31T23:59:59.999999Z"))
        #expect(CalendarDate(before1970).text == "1969-12-31")
    }

    @Test(
        arguments: [
            "", "2026-02-29", "2026-2-28", "2026-13-01", "20260228", "2026-02-28T", "0000-01-01",
            "２０２６-02-28",
        ])
    func whatIsNoDayIsNil(text: String) { #expect(CalendarDate(text) == nil) }

    @Test func nothingLiesBehindTheLastYear() throws {
        let last = try Self.date("9999-12-31")
        #expect(last.adding(days: 90) == last)
        #expect(last.adding(months: 3) == last)
    }

    /// Walks the calendar day by day, by the rule that a school teaches.
    private struct NaiveCalendar {
        var year: Int
        var month: Int
        var day: Int

        static func length(_ month: Int, _ year: Int) -> Int {
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        }

        mutating func step() {
            day += 1
            guard day > Self.length(month, year) else { return }
            day = 1
            month += 1
            guard month > 12 else { return }
            month = 1
            year += 1
        }

        mutating func month(later: Int) {
            for _ in 0..<later {
                month += 1
                if month > 12 { (month, year) = (1, year + 1) }
            }
            day = min(day, Self.length(month, year))
        }

        var text: String {
            func digits(_ number: Int, _ count: Int) -> String {
                let text = String(number)
                return String(repeating: "0", count: count - text.count) + text
            }
            return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
        }
    }

    /// Each day of 410 years, over every kind of leap year.
    @Test func everyDayAgreesWithANaiveCalendar() throws {
        var naive = NaiveCalendar(year: 1_899, month: 1, day: 1)
        var date = try Self.date("1899-01-01")
        var trail: [String] = []
        var wrong: [String] = []
        while naive.year < 2_309 {
            if date.text != naive.text { wrong.append(naive.text) }
            for months in [1, 2, 3] {
                var later = naive
                later.month(later: months)
                if date.adding(months: months).text != later.text {
                    wrong.append("\(naive.text)+\(months)")
                }
            }
            trail.append(date.text)
            if trail.count > 90,
                date.text != (try Self.date(trail[trail.count - 91])).adding(days: 90).text
            {
                wrong.append("\(naive.text)-90 days")
            }
            naive.step()
            date = date.adding(days: 1)
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
        #expect(trail.count > 149_000)
    }
}
