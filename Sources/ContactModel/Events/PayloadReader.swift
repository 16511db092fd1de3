public import Foundation

/// Reads canonical JSON objects (FORMAT 1) whose members are known and come in the order of their names. Any other byte is refused,
/// so what was read is what would be written again. Input comes from a peer or from disk and is not trusted.
public struct PayloadReader {
    private let bytes: [UInt8]
    private var position = 0
    /// Of the object being read.
    private var isFirst = true

    init(_ payload: Data) { bytes = Array(payload) }

    var failure: PayloadError { PayloadError(offset: position) }
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(PayloadError) {
        guard take(byte) else { throw failure }
    }

    func finish() throws(PayloadError) {
        guard position == bytes.count else { throw failure }
    }

    mutating func object<Value>(
        _ members: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value {
        try expect(UInt8(ascii: "{"))
        isFirst = true
        let value = try members(&self)
        try expect(UInt8(ascii: "}"))
        isFirst = false
        return value
    }

    // MARK: - Members

    public mutating func text(_ name: StaticString) throws(PayloadError) -> String {
        guard let value = try optionalText(name) else { throw failure }
        return value
    }

    public mutating func optionalText(_ name: StaticString) throws(PayloadError) -> String? {
        member(name) ? try string() : nil
    }

    /// A text that is one of an enumeration's.
    public mutating func choice<Value: RawRepresentable<String>>(
        _ name: StaticString, _ type: Value.Type
    ) throws(PayloadError) -> Value {
        guard let value = Value(rawValue: try text(name)) else { throw failure }
        return value
    }

    public mutating func optionalChoice<Value: RawRepresentable<String>>(
        _ name: StaticString, _ type: Value.Type
    ) throws(PayloadError) -> Value? {
        guard let text = try optionalText(name) else { return nil }
        guard let value = Value(rawValue: text) else { throw failure }
        return value
    }

    /// Texts that are each one of an enumeration's.
    public mutating func choices<Value: RawRepresentable<String>>(
        _ name: StaticString, _ type: Value.Type
    ) throws(PayloadError) -> [Value] {
        var values: [Value] = []
        for text in try texts(name) {
            guard let value = Value(rawValue: text) else { throw failure }
            values.append(value)
        }
        return values
    }

    public mutating func texts(_ name: StaticString) throws(PayloadError) -> [String] {
        try list(name) { reader throws(PayloadError) in try reader.string() }
    }

    public mutating func optionalTexts(
        _ name: StaticString
    ) throws(PayloadError) -> [String]? {
        guard member(name) else { return nil }
        return try elements { reader throws(PayloadError) in try reader.string() }
    }

    /// Plain decimal up to 2^53 − 1, without leading zeros.
    public mutating func integer(_ name: StaticString) throws(PayloadError) -> UInt64 {
        guard let value = try optionalInteger(name) else { throw failure }
        return value
    }

    public mutating func optionalInteger(_ name: StaticString) throws(PayloadError) -> UInt64? {
        guard member(name) else { return nil }
        var value: UInt64 = 0
        let start = position
        while let byte = peek, ASCII.isDigit(byte) {
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
            guard value < 1 << 53 else { throw failure }
            position += 1
        }
        let digits = position - start
        guard digits == 1 || digits > 1 && bytes[start] != UInt8(ascii: "0") else { throw failure }
        return value
    }

    public mutating func binary(_ name: StaticString) throws(PayloadError) -> Data {
        guard let value = try optionalBinary(name) else { throw failure }
        return value
    }

    public mutating func optionalBinary(_ name: StaticString) throws(PayloadError) -> Data? {
        guard member(name) else { return nil }
        guard take(UInt8(ascii: "\"")) else { throw failure }
        let start = position
        skipPlain()
        guard let value = Base64.decode(bytes[start..<position]), take(UInt8(ascii: "\"")) else {
            throw failure
        }
        return value
    }

    mutating func object<Value>(
        _ name: StaticString, _ members: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value {
        guard member(name) else { throw failure }
        return try object(members)
    }

    mutating func optionalObject<Value>(
        _ name: StaticString, _ members: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value? {
        member(name) ? try object(members) : nil
    }

    mutating func objects<Value>(
        _ name: StaticString, _ members: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> [Value] {
        try list(name) { reader throws(PayloadError) in try reader.object(members) }
    }

    // MARK: - Values

    private mutating func list<Value>(
        _ name: StaticString, _ element: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> [Value] {
        guard member(name) else { throw failure }
        return try elements(element)
    }

    private mutating func elements<Value>(
        _ element: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> [Value] {
        try expect(UInt8(ascii: "["))
        var values: [Value] = []
        if take(UInt8(ascii: "]")) { return values }
        repeat { values.append(try element(&self)) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return values
    }

    /// Whether the next member has this name; then its value is next.
    private mutating func member(_ name: StaticString) -> Bool {
        let end = bytes.withUnsafeBufferPointer { bytes -> Int? in
            var next = position
            if !isFirst {
                guard next < bytes.count, bytes[next] == UInt8(ascii: ",") else { return nil }
                next += 1
            }
            let count = name.utf8CodeUnitCount
            // Quote, name, quote, colon.
            guard next + count + 3 <= bytes.count, bytes[next] == UInt8(ascii: "\""),
                bytes[next + count + 1] == UInt8(ascii: "\""),
                bytes[next + count + 2] == UInt8(ascii: ":")
            else { return nil }
            let isSame = name.withUTF8Buffer { name in
                for offset in 0..<count where bytes[next + 1 + offset] != name[offset] {
                    return false
                }
                return true
            }
            return isSame ? next + count + 3 : nil
        }
        guard let end else { return false }
        isFirst = false
        position = end
        return true
    }

    private mutating func string() throws(PayloadError) -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        let isASCII = skipPlain()
        if isASCII, take(UInt8(ascii: "\"")) {
            return bytes.withUnsafeBufferPointer { bytes in
                String(
                    decoding: UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)]),
                    as: UTF8.self)
            }
        }
        var text = Array(bytes[start..<position])
        while !take(UInt8(ascii: "\"")) {
            try expect(UInt8(ascii: "\\"))
            text.append(try escaped())
            let start = position
            skipPlain()
            text += bytes[start..<position]
        }
        guard let value = String(validating: text, as: UTF8.self) else { throw failure }
        return value
    }

    /// - Returns: whether all that was skipped is ASCII.
    @discardableResult
    private mutating func skipPlain() -> Bool {
        let (end, bits) = bytes.withUnsafeBufferPointer { bytes in
            var next = position
            var bits: UInt8 = 0
            while next < bytes.count, PayloadEscapes.isPlain(bytes[next]) {
                bits |= bytes[next]
                next += 1
            }
            return (next, bits)
        }
        position = end
        return bits < 0x80
    }

    /// Behind a backslash; only the spelling that the writer chooses.
    private mutating func escaped() throws(PayloadError) -> UInt8 {
        let start = position - 1
        guard let letter = peek else { throw failure }
        position += 1
        var value = PayloadEscapes.byte(letter)
        if letter == UInt8(ascii: "u"), position + 4 <= bytes.count,
            let high = Hex.value(bytes[position + 2]), let low = Hex.value(bytes[position + 3])
        {
            value = high << 4 | low
            position += 4
        }
        guard let value else { throw failure }
        var canonical: [UInt8] = []
        PayloadEscapes.append(value, to: &canonical)
        guard canonical.elementsEqual(bytes[start..<position]) else { throw failure }
        return value
    }
}
