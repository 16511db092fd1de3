public import Foundation

/// Writes the members of canonical JSON objects (FORMAT 1). Callers give them in the order of their names; a reader refuses
/// any other order, so a test that reads back what it wrote finds a slip.
public struct PayloadWriter {
    private(set) var bytes: [UInt8] = []
    /// Of the object being written.
    private var isFirst = true

    init() { bytes.reserveCapacity(1_024) }

    mutating func object(_ members: (inout PayloadWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        members(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    public mutating func text(_ name: StaticString, _ value: String) {
        member(name)
        string(value)
    }

    /// Absent when nil.
    public mutating func text(_ name: StaticString, _ value: String?) {
        if let value { text(name, value) }
    }

    public mutating func texts(_ name: StaticString, _ values: [String]) {
        list(name, values) { $0.string($1) }
    }

    public mutating func integer(_ name: StaticString, _ value: some BinaryInteger) {
        member(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    /// As base64.
    public mutating func binary(_ name: StaticString, _ value: Data) {
        member(name)
        bytes.append(UInt8(ascii: "\""))
        Base64.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func binary(_ name: StaticString, _ value: Data?) {
        if let value { binary(name, value) }
    }

    mutating func object(_ name: StaticString, _ members: (inout PayloadWriter) -> Void) {
        member(name)
        object(members)
    }

    mutating func objects<Element>(
        _ name: StaticString, _ values: [Element],
        _ members: (Element, inout PayloadWriter) -> Void
    ) {
        list(name, values) { writer, value in writer.object { members(value, &$0) } }
    }

    private mutating func list<Element>(
        _ name: StaticString, _ values: [Element],
        _ write: (inout PayloadWriter, Element) -> Void
    ) {
        member(name)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&self, value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func member(_ name: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            if text.allSatisfy(PayloadEscapes.isPlain) {
                bytes.append(contentsOf: text)
            } else {
                for byte in text { PayloadEscapes.append(byte, to: &bytes) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
