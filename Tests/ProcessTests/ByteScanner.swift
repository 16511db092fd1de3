import Foundation

/// Finds any of many byte strings in one pass over the data.
struct ByteScanner {
    /// Bytes of a needle at the least: by these first ones they are found.
    static let shortest = 8

    private var table: [UInt64: [[UInt8]]] = [:]
    /// One bit per hash of those bytes keeps the dictionary out of the inner loop: debug builds scan megabytes.
    private var filter = [UInt8](repeating: 0, count: 1 << 20)
    let count: Int

    /// - Parameter needles: shorter ones than `shortest` are not looked for.
    init(_ needles: Set<[UInt8]>) {
        let needles = needles.filter { $0.count >= Self.shortest }
        count = needles.count
        for needle in needles {
            let key = needle.prefix(Self.shortest).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            table[key, default: []].append(needle)
            let bit = Self.hash(key)
            filter[bit >> 3] |= 1 << UInt8(bit & 7)
        }
    }

    func hits(in data: Data) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        data.withUnsafeBytes { bytes in
            filter.withUnsafeBytes { filter in
                var key: UInt64 = 0
                var position = 0
                while position < bytes.count {
                    key = key << 8 | UInt64(bytes[position])
                    position += 1
                    let bit = Self.hash(key)
                    guard filter[bit >> 3] & (1 << UInt8(bit & 7)) != 0, position >= Self.shortest,
                        let needles = table[key]
                    else { continue }
                    let start = position - Self.shortest
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

    /// 23 bits.
    private static func hash(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 41)
    }
}
