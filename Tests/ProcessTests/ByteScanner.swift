/// Finds any of many byte strings in one pass over the data.
struct ByteScanner {
    /// Needles by their first four bytes.
    private var table: [UInt32: [[UInt8]]] = [:]

    init(_ needles: [[UInt8]]) {
        for needle in needles where needle.count >= 4 {
            table[Self.key(needle[0], needle[1], needle[2], needle[3]), default: []].append(needle)
        }
    }

    func hits(in data: [UInt8]) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        guard data.count >= 4 else { return found }
        // A filter of one bit per hash keeps the dictionary out of the inner loop: debug builds scan megabytes.
        var filter = [Bool](repeating: false, count: 1 << 16)
        for key in table.keys { filter[Int(Self.short(key))] = true }
        data.withUnsafeBufferPointer { bytes in
            filter.withUnsafeBufferPointer { filter in
                var key: UInt32 = 0
                for position in 0..<bytes.count {
                    key = key << 8 | UInt32(bytes[position])
                    guard position >= 3, filter[Int(Self.short(key))], let needles = table[key]
                    else { continue }
                    let start = position - 3
                    for needle in needles where start + needle.count <= bytes.count {
                        if bytes[start..<start + needle.count].elementsEqual(needle) {
                            found.insert(needle)
                        }
                    }
                }
            }
        }
        return found
    }

    private static func key(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt32 {
        UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    private static func short(_ key: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: (key &* 0x9E37_79B1) >> 16)
    }
}
