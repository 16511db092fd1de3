// C2SP tlog-tiles: tile N of level L holds the hashes of the 256 perfect subtrees of height 8·L from
// 256·N, concatenated, 32 bytes each (8,192 when full). The partial tile of level L in a tree of size
// s has floor(s / 256^L) mod 256 hashes; empty tiles do not exist. Paths: TilePath.swift.

/// One tile of hashes: which, and how wide.
public struct Tile: Hashable, Sendable {
    /// 0 holds leaf hashes. At most `LedgerLimits.maxTileLevel`; C2SP's higher levels (to 63) need
    /// trees of more leaves than this format counts.
    public let level: Int
    /// Position within the level.
    public let number: UInt64
    /// 1 … 256; below 256 the tile is partial.
    public let width: Int

    /// - Returns: nil for a tile that no tree below 2^53 leaves has.
    public init?(level: Int, number: UInt64, width: Int = LedgerLimits.tileWidth) {
        guard (0...LedgerLimits.maxTileLevel).contains(level),
            (1...LedgerLimits.tileWidth).contains(width),
            number <= LedgerLimits.maxInteger >> UInt64(8 * level + 8)
        else { return nil }
        self.level = level
        self.number = number
        self.width = width
    }

    public var isPartial: Bool { width < LedgerLimits.tileWidth }

    /// The nodes whose hashes are the tile's content, in order.
    public var nodes: [TreeNode] {
        let first = number * UInt64(LedgerLimits.tileWidth)
        return (0..<UInt64(width)).map { TreeNode(level: 8 * level, index: first + $0) }
    }

    /// Hashes in the last, partial tile of a level; 0 when the last tile is full or there is none.
    public static func partialWidth(level: Int, size: UInt64) -> Int {
        guard (0...LedgerLimits.maxTileLevel).contains(level) else { return 0 }
        return Int(size >> UInt64(8 * level) & 0xFF)
    }

    /// How many hashes a tile has in a tree of this size: 256, the partial width, or 0 for none.
    public static func width(level: Int, number: UInt64, size: UInt64) -> Int {
        guard (0...LedgerLimits.maxTileLevel).contains(level) else { return 0 }
        let full = size >> UInt64(8 * level + 8)
        if number < full { return LedgerLimits.tileWidth }
        return number == full ? partialWidth(level: level, size: size) : 0
    }
}
