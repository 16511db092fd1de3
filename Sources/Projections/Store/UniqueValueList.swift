import Foundation
import LedgerFormat

/// Unique values in a column: for each, the length of the index's name, the name, 32 bytes.
enum UniqueValueList {
    static func encode(_ values: [UniqueValue]) -> Data {
        var bytes = Data()
        for value in values {
            let name = value.index.utf8.prefix(Int(UInt8.max))
            bytes.append(UInt8(name.count))
            bytes.append(contentsOf: name)
            bytes.append(contentsOf: value.value.bytes)
        }
        return bytes
    }

    /// What reads; a damaged row must not trap.
    static func decode(_ bytes: some Collection<UInt8>) -> [UniqueValue] {
        var rest = Array(bytes)[...]
        var values: [UniqueValue] = []
        while let length = rest.popFirst() {
            let name = rest.prefix(Int(length))
            rest = rest.dropFirst(name.count)
            guard let value = Digest32(Array(rest.prefix(32))) else { break }
            rest = rest.dropFirst(32)
            values.append(UniqueValue(index: String(decoding: name, as: UTF8.self), value: value))
        }
        return values
    }
}
