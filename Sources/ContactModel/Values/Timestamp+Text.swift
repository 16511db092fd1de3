extension Timestamp {
    /// The ledger's form, exactly 27 characters; anything else is nil.
    public init?(text: String) {
        guard text.utf8.count == 27, let value = Timestamp(rfc3339: text), value.text == text else {
            return nil
        }
        self = value
    }

    /// What clients send: RFC 3339 with `Z` or an offset and up to nine digits of fraction, of which those past
    /// the microsecond are dropped. Leap seconds (`:60`) are refused.
    public init?(rfc3339 text: String) {
        var scan = DigitScanner(text)
        guard let year = scan.digits(4), scan.skip("-"), let month = scan.digits(2), scan.skip("-"),
            let day = scan.digits(2), scan.skip("T") || scan.skip("t"),
            let hour = scan.digits(2), scan.skip(":"), let minute = scan.digits(2), scan.skip(":"),
            let second = scan.digits(2),
            let fraction = scan.skip(".") ? scan.fraction() : 0,
            let offset = scan.zone(), scan.isAtEnd,
            (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Calendar.days(in: month, of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds =
            Calendar.daysSince1970(year: year, month: month, day: day) * 86_400
            + Int64(hour * 3_600 + minute * 60 + second) - Int64(offset)
        self.init(microsecondsSince1970: seconds * 1_000_000 + Int64(fraction))
    }

    public var text: String {
        let day = microsecondsSince1970.flooredQuotient(86_400_000_000)
        let ofDay = Int(microsecondsSince1970 - day * 86_400_000_000)
        let date = Calendar.date(daysSince1970: day)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        bytes.appendDigits(date.year, 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDigits(date.month, 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDigits(date.day, 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.appendDigits(ofDay / 3_600_000_000, 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(ofDay / 60_000_000 % 60, 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(ofDay / 1_000_000 % 60, 2)
        bytes.append(UInt8(ascii: "."))
        bytes.appendDigits(ofDay % 1_000_000, 6)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Days and dates by the algorithms of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
enum Calendar {
    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400  // years are ≥ 0 here
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    static func date(daysSince1970: Int64) -> (year: Int, month: Int, day: Int) {
        let days = Int(daysSince1970) + 719_468  // ≥ 0 from year 1 on
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// Reads fixed runs of digits and separators; a failed read leaves the whole parse failed.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = rest.first, ASCII.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            rest.removeFirst()
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// 1…9 digits, as microseconds.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while let byte = rest.first, ASCII.isDigit(byte) {
            count += 1
            guard count <= 9 else { return nil }
            if count <= 6 { value = value * 10 + Int(byte - UInt8(ascii: "0")) }
            rest.removeFirst()
        }
        guard count > 0 else { return nil }
        for _ in count..<max(count, 6) { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    mutating func zone() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

extension [UInt8] {
    fileprivate mutating func appendDigits(_ value: Int, _ count: Int) {
        var divisor = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}

extension Int64 {
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
