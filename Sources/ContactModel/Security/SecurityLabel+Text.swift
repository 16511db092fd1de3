extension SecurityLabel: CustomStringConvertible {
    /// The one text form of FORMAT 2.4, e.g. `s1:c0.c3,c7/i1;noforn`.
    ///
    /// - Throws: `ValidationError` with code `invalid-label` for any other spelling and above 256 characters.
    public init(_ text: String) throws(ValidationError) {
        // What nearly every entry has; taking a text apart costs more than hashing its payload.
        if text == Self.defaultText {
            self = .default
            return
        }
        guard let label = Self.read(text), label.text == text else {
            throw ValidationError(
                .invalidLabel,
                "A label looks like s1/i1 or s1:c0.c3,c7/i1;noforn: at most 256 characters, everything sorted."
            )
        }
        self = label
    }

    private static let defaultText = SecurityLabel.default.text

    public var text: String {
        var text = "s\(confidentiality.rawValue)"
        if !categories.isEmpty { text += ":" + Self.categoriesText(categories.sorted()) }
        text += "/i\(integrity.rawValue)"
        if !caveats.isEmpty { text += ";" + caveats.sorted().joined(separator: ",") }
        return text
    }

    public var description: String { text }

    /// Reads a superset of the grammar; the initializer then insists on the canonical spelling.
    private static func read(_ text: String) -> SecurityLabel? {
        guard text.utf8.count <= ModelLimits.labelBytes, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let left = halves.first, let right = halves.dropFirst().first else { return nil }
        let sensitivity = left.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let trust = right.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard let level = number(sensitivity.first, "s"),
            let confidentiality = UInt8(exactly: level).flatMap(Confidentiality.init(rawValue:)),
            let grade = number(trust.first, "i"),
            let integrity = UInt8(exactly: grade).flatMap(Integrity.init(rawValue:)),
            let categories = categories(sensitivity.dropFirst().first)
        else { return nil }
        let caveats = trust.dropFirst().first.map { list in
            list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return try? SecurityLabel(
            confidentiality: confidentiality, integrity: integrity, categories: categories,
            caveats: Set(caveats ?? []))
    }

    private static func categories(_ list: Substring?) -> Set<UInt16>? {
        guard let list else { return [] }
        var categories: Set<UInt16> = []
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: ".", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = number(ends.first, "c"),
                let last = number(ends.last, "c"),
                first <= last, last <= 1_023
            else { return nil }
            categories.formUnion(first...last)
        }
        return categories
    }

    private static func number(_ text: Substring?, _ prefix: Character) -> UInt16? {
        guard let text, text.first == prefix else { return nil }
        let digits = text.dropFirst()
        guard (1...4).contains(digits.utf8.count), digits.utf8.allSatisfy(ASCII.isDigit) else {
            return nil
        }
        return UInt16(digits)
    }

    /// Runs of three or more become `cA.cB`.
    private static func categoriesText(_ sorted: [UInt16]) -> String {
        var parts: [String] = []
        var run: ClosedRange<UInt16>?
        func flush() {
            guard let run else { return }
            switch run.count {
            case 1: parts.append("c\(run.lowerBound)")
            case 2: parts += ["c\(run.lowerBound)", "c\(run.upperBound)"]
            default: parts.append("c\(run.lowerBound).c\(run.upperBound)")
            }
        }
        for category in sorted {
            if let current = run, category == current.upperBound + 1 {
                run = current.lowerBound...category
            } else {
                flush()
                run = category...category
            }
        }
        flush()
        return parts.joined(separator: ",")
    }
}
