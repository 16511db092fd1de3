// C2SP tlog-tiles, below the log's prefix:
//   tile/<L>/<N>[.p/<W>]         hashes
//   tile/entries/<N>[.p/<W>]     entry bundle
// <L> and <W> in decimal without leading zeros; <W> 1 … 255 and only on partial tiles; <N> in groups of
// three digits, all but the last with an `x` before it, and no more groups than needed:
// 1234067 is x001/x234/067, 5 is 005.

/// The address of a tile or a bundle.
public enum TilePath: Hashable, Sendable {
    case hashes(Tile)
    /// `width` entries (1 … 256) from 256 · `number`.
    case entries(number: UInt64, width: Int)

    public var text: String {
        switch self {
        case .hashes(let tile):
            "tile/\(tile.level)/" + Self.tail(number: tile.number, width: tile.width)
        case .entries(let number, let width):
            "tile/entries/" + Self.tail(number: number, width: width)
        }
    }

    /// - Returns: nil unless `text` is the one address of a tile that a tree below 2^53 leaves can have.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
        let bytes = Array(text.utf8)
        guard let value = bytes.withUnsafeBytes({ TilePath(buffer: $0) }) else { return nil }
        self = value
    }

    private init?(buffer: UnsafeRawBufferPointer) {
        var scanner = ByteScanner(buffer)
        guard scanner.skip("tile/") else { return nil }
        let isEntries = scanner.skip("entries/")
        var level = 0
        if !isEntries {
            guard let read = scanner.integer(), read <= UInt64(LedgerLimits.maxTileLevel),
                scanner.skip("/")
            else { return nil }
            level = Int(read)
        }
        guard let number = Self.number(&scanner), let width = Self.width(&scanner),
            scanner.isAtEnd, let tile = Tile(level: level, number: number, width: width)
        else { return nil }
        self = isEntries ? .entries(number: number, width: width) : .hashes(tile)
    }

    private static func number(_ scanner: inout ByteScanner) -> UInt64? {
        var value: UInt64 = 0
        var groups = 0
        while true {
            let isLast = !scanner.skip("x")
            guard groups < 6, let group = threeDigits(&scanner) else { return nil }
            // The first group of several is never 000: one address per tile.
            guard isLast || groups > 0 || group > 0 else { return nil }
            value = value * 1_000 + group
            groups += 1
            if isLast { return value }
            guard scanner.skip("/") else { return nil }
        }
    }

    private static func threeDigits(_ scanner: inout ByteScanner) -> UInt64? {
        var value: UInt64 = 0
        for _ in 0..<3 {
            guard let digit = scanner.next, (0x30...0x39).contains(digit), scanner.skip(digit)
            else { return nil }
            value = value * 10 + UInt64(digit - 0x30)
        }
        return value
    }

    private static func width(_ scanner: inout ByteScanner) -> Int? {
        guard !scanner.isAtEnd else { return LedgerLimits.tileWidth }
        guard scanner.skip(".p/"), let width = scanner.integer(),
            (1..<UInt64(LedgerLimits.tileWidth)).contains(width)
        else { return nil }
        return Int(width)
    }

    private static func tail(number: UInt64, width: Int) -> String {
        var groups: [String] = []
        var rest = number
        repeat {
            let digits = String(rest % 1_000)
            let group = String(repeating: "0", count: 3 - digits.count) + digits
            groups.append(groups.isEmpty ? group : "x" + group)
            rest /= 1_000
        } while rest > 0
        let path = groups.reversed().joined(separator: "/")
        return width < LedgerLimits.tileWidth ? "\(path).p/\(width)" : path
    }
}
