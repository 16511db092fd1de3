import TestSupport

/// Makes hostile input out of good: seeded, so that a failure can be had again.
struct Mutator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(next() % UInt64(limit)) : 0
    }

    /// One to four changes of the kinds that break parsers.
    mutating func mutate(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) { change(&bytes, other) }
        return bytes
    }

    private static let tokens: [[UInt8]] = [
        "\n", "\n\n", "\r\n", "\0", "— ", "+", " ", "\"", "\\u0000", "\\", "{", "}", "[[[[[[[[",
        "null",
        "-1", "1e9", "0x10", "18446744073709551616", "9007199254740992", "00", ":", ",", "=", "==",
        "/g18446744073709551615", "\u{FEFF}", "\u{202E}", "true", "1970-01-01T00:00:00.000000Z",
        "extra ", "index ",
    ].map { Array($0.utf8) }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let at = below(bytes.count + 1)
        let end = min(bytes.count, at + 1 + below(1 << below(12)))
        switch below(10) {
        case 0 where at < bytes.count: bytes[at] ^= UInt8(1 << below(8))
        case 1 where at < bytes.count: bytes[at] = UInt8(truncatingIfNeeded: next())
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: at)
        case 5: bytes.removeLast(min(bytes.count, 1 + below(64)))
        case 6:
            let from = below(other.count + 1)
            let to = min(other.count, from + 1 + below(200))
            bytes.replaceSubrange(at..<end, with: other[from..<to])
        case 7: bytes.append(contentsOf: other.prefix(below(300)))
        case 8: bytes.replaceSubrange(at..<end, with: [UInt8](repeating: 0xFF, count: end - at))
        default:
            // A digit among digits: lengths, sizes and indices.
            let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
            guard !digits.isEmpty else { return }
            bytes[digits[below(digits.count)]] = UInt8(0x30 + below(10))
        }
    }

    /// Changes of a database file, whose length is kept mostly: pages, cells and headers point nowhere.
    mutating func mutateDatabase(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard !bytes.isEmpty else { return bytes }
        for _ in 0...below(6) {
            let at = below(4) == 0 ? below(min(bytes.count, 200)) : below(bytes.count)
            switch below(6) {
            case 0: bytes[at] ^= UInt8(1 << below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
            case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][below(5)]
            case 3:
                // One page over another: trees that lead in circles.
                let pages = bytes.count / 4_096
                guard pages > 1 else { break }
                let from = below(pages) * 4_096
                let to = below(pages) * 4_096
                bytes.replaceSubrange(to..<to + 4_096, with: bytes[from..<from + 4_096])
            case 4:
                for place in at..<min(bytes.count, at + 1 + below(64)) { bytes[place] = 0xFF }
            default:
                if below(8) == 0 { bytes.removeLast(below(bytes.count)) }
                if bytes.isEmpty { return bytes }
            }
        }
        return bytes
    }
}
