extension CanonicalJSON {
    /// The one text of `value`.
    ///
    /// - Throws: `CanonicalJSONError` for what the format cannot say: a name twice, an integer beyond
    ///   2^53 − 1, too deep, too large.
    /// - Parameter limit: the most bytes that are written.
    public static func write(
        _ value: Value, limit: Int = LedgerLimits.maxCanonicalJSONBytes
    ) throws(CanonicalJSONError) -> [UInt8] {
        var out: [UInt8] = []
        try write(value, depth: 0, to: &out)
        guard out.count <= limit else { throw .tooLarge(limit: limit) }
        return out
    }

    private static func write(
        _ value: Value, depth: Int, to out: inout [UInt8]
    ) throws(CanonicalJSONError) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value):
            guard value <= LedgerLimits.maxInteger else { throw .integerTooLarge }
            out += String(value).utf8
        case .string(let value): write(value, to: &out)
        case .array(let values):
            guard depth < LedgerLimits.maxJSONDepth else { throw .tooDeep }
            out.append(0x5B)
            for (position, value) in values.enumerated() {
                if position > 0 { out.append(0x2C) }
                try write(value, depth: depth + 1, to: &out)
            }
            out.append(0x5D)
        case .object(let members):
            guard depth < LedgerLimits.maxJSONDepth else { throw .tooDeep }
            try write(members, depth: depth + 1, to: &out)
        }
    }

    private static func write(
        _ members: [Member], depth: Int, to out: inout [UInt8]
    ) throws(CanonicalJSONError) {
        let sorted = members.sorted { precedes($0.name, $1.name) }
        out.append(0x7B)
        var previous: String?
        for member in sorted {
            if let previous {
                guard precedes(previous, member.name) else {
                    throw .duplicateMember(name: member.name)
                }
                out.append(0x2C)
            }
            previous = member.name
            write(member.name, to: &out)
            out.append(0x3A)
            try write(member.value, depth: depth, to: &out)
        }
        out.append(0x7D)
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22: out += [0x5C, 0x22]
            case 0x5C: out += [0x5C, 0x5C]
            case 0x08: out += [0x5C, 0x62]
            case 0x09: out += [0x5C, 0x74]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0C: out += [0x5C, 0x66]
            case 0x0D: out += [0x5C, 0x72]
            case 0x00..<0x20:
                out += [0x5C, 0x75, 0x30, 0x30, 0x30 + (byte >> 4), LowerHex.digit(byte & 0xF)]
            default: out.append(byte)
            }
        }
        out.append(0x22)
    }
}
