// Protobuf's wire format (protobuf.dev/programming-guides/encoding), as much of it as counting needs: a field is
// varint(number << 3 | type), then by type 0: a varint, 1: 8 bytes, 2: varint(n) and n bytes, 5: 4 bytes. Groups
// (types 3 and 4) stand in no schema of ours and are refused.

/// Walks a serialized message and counts the elements of its repeated fields, reserving nothing.
struct ElementCounter {
    private enum Stop: Error {
        case malformed, tooMany
    }

    private var left: Int

    static func weigh(_ body: [UInt8], _ shape: WireShape, _ limits: FrameLimits) -> RequestWeight {
        var counter = ElementCounter(left: limits.maxElements(bodyBytes: body.count))
        do throws(Stop) {
            try counter.walk(body[...], shape)
            return .fits
        } catch {
            return error == .tooMany ? .tooManyElements : .malformed
        }
    }

    /// As deep as the shape is, never as the bytes would have it.
    private mutating func walk(_ bytes: ArraySlice<UInt8>, _ shape: WireShape) throws(Stop) {
        var rest = bytes
        while !rest.isEmpty {
            let tag = try Self.varint(&rest)
            let number = tag >> 3
            guard number > 0, tag <= UInt64(UInt32.max) else { throw .malformed }
            switch tag & 7 {
            case 0: _ = try Self.varint(&rest)
            case 1: _ = try Self.take(8, &rest)
            case 5: _ = try Self.take(4, &rest)
            case 2:
                let value = try Self.take(Self.varint(&rest), &rest)
                switch shape.fields[number] {
                case .elements: try countOne()
                case .message(let inner): try walk(value, inner)
                case .messages(let inner):
                    try countOne()
                    if !inner.fields.isEmpty { try walk(value, inner) }
                case nil: break
                }
            default: throw .malformed
            }
        }
    }

    private mutating func countOne() throws(Stop) {
        guard left > 0 else { throw .tooMany }
        left -= 1
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws(Stop) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .malformed
    }

    private static func take(
        _ count: UInt64, _ rest: inout ArraySlice<UInt8>
    ) throws(Stop) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw .malformed }
        let taken = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return taken
    }
}
