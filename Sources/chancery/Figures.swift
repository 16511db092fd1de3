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
}
