public import FoundationEssentials

extension CanonicalJSON {
    /// Reads canonical JSON and nothing else: `write(read(bytes)) == bytes`.
    ///
    /// - Parameter limit: the most bytes that are looked at.
    /// - Throws: `CanonicalJSONError`
    public static func read(
        _ bytes: some ContiguousBytes, limit: Int = LedgerLimits.maxCanonicalJSONBytes
    ) throws(CanonicalJSONError) -> Value {
        try bytes.reading { (buffer) throws(CanonicalJSONError) in
            guard buffer.count <= limit else { throw .tooLarge(limit: limit) }
            var parser = Parser(scanner: ByteScanner(buffer))
            let value = try parser.value(depth: 0)
            guard parser.scanner.isAtEnd else { throw parser.expected("the end") }
            return value
        }
    }
}

/// Recursive descent; the depth limit bounds the stack.
private struct Parser {
    var scanner: ByteScanner

    func expected(_ what: String) -> CanonicalJSONError {
        .notCanonical(offset: scanner.position, expected: what)
    }

    mutating func value(depth: Int) throws(CanonicalJSONError) -> CanonicalJSON.Value {
        switch scanner.next {
        case 0x22: return .string(try string())
        case 0x5B: return .array(try array(depth: depth))
        case 0x7B: return .object(try object(depth: depth))
        case 0x6E where scanner.skip("null"): return .null
        case 0x74 where scanner.skip("true"): return .bool(true)
        case 0x66 where scanner.skip("false"): return .bool(false)
        default:
            guard let number = scanner.integer() else {
                throw expected("a value (integers from 0 to 2^53 − 1)")
            }
            return .integer(number)
        }
    }

    private mutating func array(depth: Int) throws(CanonicalJSONError) -> [CanonicalJSON.Value] {
        guard depth < LedgerLimits.maxJSONDepth else { throw .tooDeep }
        guard scanner.skip("[") else { throw expected("'['") }
        if scanner.skip("]") { return [] }
        var values: [CanonicalJSON.Value] = []
        repeat {
            values.append(try value(depth: depth + 1))
        } while scanner.skip(",")
        guard scanner.skip("]") else { throw expected("',' or ']'") }
        return values
    }

    private mutating func object(depth: Int) throws(CanonicalJSONError) -> [CanonicalJSON.Member] {
        guard depth < LedgerLimits.maxJSONDepth else { throw .tooDeep }
        guard scanner.skip("{") else { throw expected("'{'") }
        if scanner.skip("}") { return [] }
        var members: [CanonicalJSON.Member] = []
        repeat {
            let name = try string()
            if let previous = members.last {
                guard CanonicalJSON.precedes(previous.name, name) else {
                    guard CanonicalJSON.precedes(name, previous.name) else {
                        throw .duplicateMember(name: name)
                    }
                    throw expected("a member name that sorts after the one before")
                }
            }
            guard scanner.skip(":") else { throw expected("':'") }
            members.append(CanonicalJSON.Member(name, try value(depth: depth + 1)))
        } while scanner.skip(",")
        guard scanner.skip("}") else { throw expected("',' or '}'") }
        return members
    }

    private mutating func string() throws(CanonicalJSONError) -> String {
        guard scanner.skip("\"") else { throw expected("a string") }
        var text: [UInt8] = []
        while let byte = scanner.next {
            switch byte {
            case 0x22:
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw expected("valid UTF-8 before this quote")
                }
                _ = scanner.skip(byte)
                return string
            case 0x5C:
                text.append(try escape())
            case 0x00..<0x20:
                throw expected("an escape for a control character")
            default:
                text.append(byte)
                _ = scanner.skip(byte)
            }
        }
        throw expected("a closing quote")
    }

    private mutating func escape() throws(CanonicalJSONError) -> UInt8 {
        if scanner.skip("\\u00") {
            guard let high = scanner.next, high == 0x30 || high == 0x31, scanner.skip(high),
                let digit = scanner.next, let low = LowerHex.value(digit), scanner.skip(digit)
            else { throw expected("a control character in lower-case hexadecimal") }
            let byte = (high - 0x30) << 4 | low
            guard ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) else {
                throw expected("the short escape of this character")
            }
            return byte
        }
        guard scanner.skip("\\"), let letter = scanner.next, scanner.skip(letter) else {
            throw expected("an escape")
        }
        switch letter {
        case 0x22, 0x5C: return letter
        case 0x62: return 0x08
        case 0x74: return 0x09
        case 0x6E: return 0x0A
        case 0x66: return 0x0C
        case 0x72: return 0x0D
        default: throw expected("one of the escapes \\\" \\\\ \\b \\t \\n \\f \\r \\u00xx")
        }
    }
}
