/// A file that systemd reads with `EnvironmentFile=` (systemd.exec(5)), read by the same rules, so that command and daemons never
/// understand one line differently:
///
///     # comment        ; comment
///     KEY=value        unquoted: white space at both ends goes, \x is x, \ at the end of a line joins the next
///     KEY="value"      \" \\ \` \$ are the character, \ at the end of a line joins the next, any other \ stays
///     KEY='value'      as it is
///
/// The later of two lines with one key counts. No variable is ever put in for another. Where systemd passes over a line in
/// silence, this is an error that names it.
struct EnvironmentFile: Sendable, Equatable {
    let values: [String: String]

    struct SyntaxError: Error, Equatable {
        /// From 1.
        let line: Int
        let reason: String
    }

    init(_ text: String) throws(SyntaxError) {
        var reader = Reader()
        for character in text.unicodeScalars { try reader.take(character) }
        values = try reader.end()
    }

    /// The states of systemd's own reader (`parse_env_file_internal`).
    private struct Reader {
        private enum State {
            case beforeKey, key, comment, commentEscape
            case beforeValue, value, valueEscape, single, double, doubleEscape
        }

        private var state = State.beforeKey
        private var line = 1
        /// Where the key or the open quote began.
        private var begin = 1
        private var key = ""
        private var value = String.UnicodeScalarView()
        /// Scalars of `value` up to the last that is no white space outside of quotes.
        private var kept = 0
        private var values: [String: String] = [:]

        mutating func take(_ character: Unicode.Scalar) throws(SyntaxError) {
            guard
                character.value >= 0x20 || character == "\n" || character == "\t"
                    || character == "\r"
            else { throw SyntaxError(line: line, reason: "holds a control character") }
            switch state {
            case .beforeKey: beginKey(character)
            case .key: try readKey(character)
            case .comment:
                if character == "\\" { state = .commentEscape }
                if isNewline(character) { state = .beforeKey }
            case .commentEscape: state = .comment
            case .beforeValue, .value: try readValue(character)
            case .valueEscape:
                state = .value
                if !isNewline(character) { keep(character) }
            case .single: if character == "'" { state = .beforeValue } else { keep(character) }
            case .double:
                switch character {
                case "\"": state = .beforeValue
                case "\\": state = .doubleEscape
                default: keep(character)
                }
            case .doubleEscape:
                state = .double
                if "\"\\`$".unicodeScalars.contains(character) {
                    keep(character)
                } else if !isNewline(character) {
                    keep("\\")
                    keep(character)
                }
            }
            if character == "\n" { line += 1 }
        }

        mutating func end() throws(SyntaxError) -> [String: String] {
            switch state {
            case .single, .double, .doubleEscape:
                throw SyntaxError(line: begin, reason: "opens a quote that nothing closes")
            case .key: throw SyntaxError(line: line, reason: "has no `=`")
            case .beforeValue, .value, .valueEscape: try store()
            case .beforeKey, .comment, .commentEscape: break
            }
            return values
        }

        private mutating func beginKey(_ character: Unicode.Scalar) {
            if character == "#" || character == ";" {
                state = .comment
            } else if !isSpace(character) {
                (state, key, begin) = (.key, String(character), line)
            }
        }

        private mutating func readKey(_ character: Unicode.Scalar) throws(SyntaxError) {
            if isNewline(character) { throw SyntaxError(line: line, reason: "has no `=`") }
            guard character == "=" else { return key.unicodeScalars.append(character) }
            while let last = key.unicodeScalars.last, isSpace(last) {
                key.unicodeScalars.removeLast()
            }
            (state, value, kept) = (.beforeValue, .init(), 0)
        }

        private mutating func readValue(_ character: Unicode.Scalar) throws(SyntaxError) {
            if isNewline(character) {
                try store()
                state = .beforeKey
                return
            }
            if character == "\\" {
                state = .valueEscape
                return
            }
            if state == .beforeValue, character == "'" || character == "\"" {
                (state, begin) = (character == "'" ? .single : .double, line)
                return
            }
            if isSpace(character) {
                if state == .value { value.append(character) }
                return
            }
            state = .value
            keep(character)
        }

        private mutating func keep(_ character: Unicode.Scalar) {
            value.append(character)
            kept = value.count
        }

        private mutating func store() throws(SyntaxError) {
            let bytes = key.utf8
            let isName =
                bytes.first.map { !(0x30...0x39).contains($0) } == true
                && bytes.allSatisfy { byte in
                    byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                        || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                }
            guard isName else {
                throw SyntaxError(
                    line: begin, reason: "has `\(key)` before its `=`, which is no name")
            }
            var stored = String.UnicodeScalarView()
            stored.append(contentsOf: value.prefix(kept))
            values[key] = String(stored)
        }

        private func isNewline(_ character: Unicode.Scalar) -> Bool {
            character == "\n" || character == "\r"
        }

        private func isSpace(_ character: Unicode.Scalar) -> Bool {
            isNewline(character) || character == " " || character == "\t"
        }
    }
}
