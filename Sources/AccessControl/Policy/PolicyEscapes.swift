/// The escapes of a string: `\n \r \t \\ \0 \' \"`, `\x41` (to 7F) and `\u{1F600}` (one to six digits, `_` between them), and
/// in a pattern `\*`.
enum PolicyEscapes {
    /// - Throws: `invalidEscape`, `tooLarge`; positions are those of the string.
    static func string(
        _ raw: [Unicode.Scalar], at position: PolicyPosition
    ) throws(PolicySyntaxError) -> String {
        var text = String.UnicodeScalarView()
        var reader = Reader(raw: raw, position: position)
        while let (scalar, escaped) = try reader.next() {
            guard !(escaped && scalar == "*") else {
                throw .init(
                    .invalidEscape, at: position, "`\\*` belongs into patterns of `like` alone")
            }
            text.append(scalar)
        }
        return try bounded(String(text), PolicyLimits.stringBytes, position)
    }

    /// - Throws: `invalidEscape`, `tooLarge`.
    static func pattern(
        _ raw: [Unicode.Scalar], at position: PolicyPosition
    ) throws(PolicySyntaxError) -> LikePattern {
        var elements: [LikePattern.Element] = []
        var reader = Reader(raw: raw, position: position)
        while let (scalar, escaped) = try reader.next() {
            if scalar == "*", !escaped {
                elements.append(.anything)
            } else {
                elements +=
                    UTF8.encode(scalar).map { Array($0).map(LikePattern.Element.byte) } ?? []
            }
        }
        guard elements.count <= PolicyLimits.patternBytes else {
            throw .init(
                .tooLarge, at: position, "a pattern has at most \(PolicyLimits.patternBytes) bytes")
        }
        return LikePattern(elements)
    }

    /// A string as a policy spells it.
    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func bounded(
        _ string: String, _ limit: Int, _ position: PolicyPosition
    ) throws(PolicySyntaxError) -> String {
        guard string.utf8.count <= limit else {
            throw .init(.tooLarge, at: position, "a string has at most \(limit) bytes")
        }
        return string
    }

    private struct Reader {
        var raw: ArraySlice<Unicode.Scalar>
        let position: PolicyPosition

        init(raw: [Unicode.Scalar], position: PolicyPosition) {
            self.raw = raw[...]
            self.position = position
        }

        /// The next scalar, and whether it was `\*`.
        mutating func next() throws(PolicySyntaxError) -> (Unicode.Scalar, escaped: Bool)? {
            guard let scalar = raw.popFirst() else { return nil }
            guard scalar != "\r" else { throw invalid("write a carriage return as `\\r`") }
            guard scalar == "\\" else { return (scalar, false) }
            switch raw.popFirst() {
            case "n": return ("\n", false)
            case "r": return ("\r", false)
            case "t": return ("\t", false)
            case "0": return ("\0", false)
            case "\\": return ("\\", false)
            case "'": return ("'", false)
            case "\"": return ("\"", false)
            case "*": return ("*", true)
            case "x": return (try byte(), false)
            case "u": return (try braced(), false)
            case let other:
                throw invalid(
                    "`\\\(other.map(String.init) ?? "")` is no escape; a backslash is `\\\\`")
            }
        }

        private mutating func byte() throws(PolicySyntaxError) -> Unicode.Scalar {
            let digits = raw.prefix(2)
            raw = raw.dropFirst(2)
            guard digits.count == 2, let value = hex(digits), value <= 0x7F,
                let scalar = Unicode.Scalar(value)
            else { throw invalid("`\\x` takes two hexadecimal digits, at most 7F") }
            return scalar
        }

        private mutating func braced() throws(PolicySyntaxError) -> Unicode.Scalar {
            let problem = invalid(
                "`\\u` takes one to six hexadecimal digits of a character in braces")
            guard raw.popFirst() == "{", let end = raw.firstIndex(of: "}") else { throw problem }
            let inside = raw[..<end]
            raw = raw[(end + 1)...]
            let digits = inside.filter { $0 != "_" }
            guard inside.first != "_", (1...6).contains(digits.count), let value = hex(digits),
                let scalar = Unicode.Scalar(value)
            else { throw problem }
            return scalar
        }

        private func hex(_ digits: some Collection<Unicode.Scalar>) -> UInt32? {
            guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
            return UInt32(digits.map(String.init).joined(), radix: 16)
        }

        private func invalid(_ message: String) -> PolicySyntaxError {
            PolicySyntaxError(.invalidEscape, at: position, message)
        }
    }
}
