import ContactServices
import Foundation

/// A strict RFC 8259 reader for untrusted bytes: UTF-8 checked first, no duplicate members, no lone surrogates, no byte
/// order mark, bounded depth. The input's size is bounded by whoever collected it.
///
/// Foundation's decoder takes the last of two members of one name in silence; two parsers that differ there see two
/// different requests.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var count = 0

    /// - Throws: `ServiceError` with code `invalid-utf8`, `malformed-json`, `duplicate-field` `too-deep` or `too-large`.
    static func read(_ data: some Collection<UInt8>) throws(ServiceError) -> JSONValue {
        let bytes = Array(data)
        guard
            bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
        else {
            throw ServiceError(.invalidUTF8, "The text is not valid UTF-8.")
        }
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.peek == nil else { throw reader.malformed("more text after the value") }
        return value
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private func malformed(_ what: String) -> ServiceError {
        ServiceError(.malformedJSON, "The text is not JSON: \(what) at byte \(position).")
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(ServiceError) -> JSONValue {
        skipSpace()
        count += 1
        guard count <= APILimits.jsonValues else {
            throw ServiceError(
                .tooLarge,
                "The JSON holds more than \(APILimits.jsonValues) values; send less at a time.")
        }
        guard let first = peek else { throw malformed("it ends early") }
        switch first {
        case UInt8(ascii: "{"):
            return try nested { reader throws(ServiceError) in try reader.object() }
        case UInt8(ascii: "["):
            return try nested { reader throws(ServiceError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw malformed("an unexpected character")
        }
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(ServiceError) -> JSONValue
    ) throws(ServiceError) -> JSONValue {
        depth += 1
        guard depth <= APILimits.jsonDepth else {
            throw ServiceError(
                .tooDeep, "The JSON is nested more than \(APILimits.jsonDepth) deep.")
        }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(ServiceError) -> JSONValue {
        var members: [JSONMember] = []
        var names = SeenNames()
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw malformed("a member name is missing") }
            let name = try string()
            guard names.insert(name) else {
                throw ServiceError(
                    .duplicateField, "A member stands twice in one object; send it once.")
            }
            skipSpace()
            guard take(":") else { throw malformed("a colon is missing") }
            members.append(JSONMember(name, try value()))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw malformed("a comma is missing") }
        }
    }

    private mutating func array() throws(ServiceError) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            values.append(try value())
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw malformed("a comma is missing") }
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(ServiceError) -> JSONValue
    {
        guard bytes[position...].starts(with: text.utf8) else { throw malformed("an unknown word") }
        position += text.utf8.count
        return value
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, byte >= 0x30, byte <= 0x39 { position += 1 }
        return position - start
    }

    private mutating func number() throws(ServiceError) -> JSONValue {
        let start = position
        let isNegative = take("-")
        let leadsWithZero = peek == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(leadsWithZero && whole > 1) else { throw malformed("a bad number") }
        var isInteger = !isNegative
        if take(".") {
            isInteger = false
            guard digits() > 0 else { throw malformed("a bad number") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw malformed("a bad number") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = UInt64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw malformed("a number too large")
        }
        return .decimal(value)
    }

    private mutating func string() throws(ServiceError) -> String {
        position += 1
        let start = position
        skipPlain()
        if peek == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while true {
            let start = position
            skipPlain()
            text += bytes[start..<position]
            switch peek {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text += String(Character(try escape())).utf8
            case nil: throw malformed("a string does not end")
            default: throw malformed("an unescaped control character in a string")
            }
        }
    }

    private mutating func skipPlain() {
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            position += 1
        }
    }

    private mutating func escape() throws(ServiceError) -> Unicode.Scalar {
        guard let byte = peek else { throw malformed("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xDC00, take("\\"), take("u") else { throw malformed("a lone surrogate") }
            let low = try hexUnit()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            else { throw malformed("a lone surrogate") }
            return scalar
        default: throw malformed("an unknown escape")
        }
    }

    private mutating func hexUnit() throws(ServiceError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Self.hex(byte) else {
                throw malformed("a bad \\u escape")
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    static func hex(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
