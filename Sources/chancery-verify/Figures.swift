/// Numbers as people read them.
enum Figures {
    /// `1234567` → `1,234,567`
    static func grouped(_ value: UInt64) -> String {
        var digits = Array(String(value))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return String(digits)
    }

    /// Seconds with two decimals.
    static func seconds(_ value: Double) -> String {
        let hundredths = UInt64(max(0, value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
