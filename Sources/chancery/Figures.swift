/// Numbers as a person reads them.
enum Figures {
    static func grouped(_ value: some BinaryInteger) -> String {
        var result = ""
        for (offset, digit) in String(value).reversed().enumerated() {
            if offset > 0, offset.isMultiple(of: 3), digit != "-" { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }

    /// Decimal units, one digit: `1.2 GB`.
    static func bytes(_ value: UInt64) -> String {
        var scaled = Double(value)
        var unit = "B"
        for larger in ["kB", "MB", "GB", "TB", "PB"] where scaled >= 1000 {
            scaled /= 1000
            unit = larger
        }
        let tenths = Int((scaled * 10).rounded())
        return unit == "B" ? "\(value) B" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    /// `3 s`, `14 min`, `5 h`, `12 d`: the largest unit of which there are two.
    static func duration(_ seconds: Double) -> String {
        let amount = abs(seconds)
        for (unit, name) in [(86_400.0, "d"), (3_600, "h"), (60, "min")] where amount >= 2 * unit {
            return "\(Int(amount / unit)) \(name)"
        }
        return amount < 10 && amount != amount.rounded()
            ? "\(Double(Int(amount * 10)) / 10) s" : "\(Int(amount)) s"
    }
}
