import Foundation
import GRDB
import LedgerFormat

// FORMAT 6, C2SP tlog-tiles: a tile of level L holds up to 256 hashes of perfect subtrees of 256^L
// leaves. Appending touches only the last tile of each level, the right edge, which is kept here so
// that appending reads nothing.

/// The right edge of the tree: what appending a leaf needs, and what was completed since the last write.
struct TileEdge: Sendable {
    private var frontier: MerkleFrontier
    /// Per level the hashes of the last, never full tile.
    private var open: [[Digest32]] = []
    /// Per level how many full tiles come before it.
    private var numbers: [UInt64] = []
    private var filled: [(place: TilePlace, hashes: [Digest32])] = []
    private var touched: Set<Int> = []
    /// Perfect subtrees, in the order of `NodeFile`, and where the first of them belongs.
    private var completed: [Digest32] = []
    private var firstCompleted: UInt64

    /// Loads the edge of a tree of `size` leaves.
    ///
    /// - Throws: `ProjectionError.unusable` when a tile is missing or short.
    init(_ db: Database, _ nodes: NodeFile, size: UInt64) throws {
        frontier = try nodes.frontier(of: size)
        firstCompleted = TreeNode.completed(by: size)
        for level in 0...LedgerLimits.maxTileLevel {
            let count = size >> UInt64(8 * level)
            guard count > 0 else { break }
            let place = TilePlace(level: level, number: count >> 8)
            let width = Int(count & 0xFF)
            numbers.append(place.number)
            open.append(
                width == 0
                    ? []
                    : try TileTable.hashes(TileTable.bytes(db, at: place), at: place, 0..<width))
        }
    }

    mutating func append(_ leaf: Digest32) {
        // Taken out for the closure, which must not touch what is being changed.
        var completed: [Digest32] = []
        swap(&completed, &self.completed)
        let first = completed.count
        frontier.append(leaf) { completed.append($1) }
        swap(&completed, &self.completed)
        // The leaf, and of what it completes every eighth level.
        for place in stride(from: first, to: self.completed.count, by: 8) {
            put(self.completed[place], level: (place - first) / 8)
        }
    }

    private mutating func put(_ hash: Digest32, level: Int) {
        if open.count == level {
            open.append([])
            numbers.append(0)
        }
        open[level].append(hash)
        touched.insert(level)
        guard open[level].count == LedgerLimits.tileWidth else { return }
        filled.append((TilePlace(level: level, number: numbers[level]), open[level]))
        open[level] = []
        numbers[level] += 1
    }

    mutating func write(to tiles: TileWriter, _ nodes: NodeFile) throws {
        for tile in filled {
            try tiles.write(
                level: tile.place.level, number: tile.place.number, hashes: tile.hashes)
        }
        for level in touched where !open[level].isEmpty {
            try tiles.write(level: level, number: numbers[level], hashes: open[level])
        }
        try nodes.write(completed, at: firstCompleted)
        firstCompleted += UInt64(completed.count)
        completed = []
        filled = []
        touched = []
    }
}
