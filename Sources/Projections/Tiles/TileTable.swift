import Foundation
import GRDB
import LedgerFormat

/// Rows of table `tile`: hashes of 32 bytes, one after the other.
final class TileWriter: Sendable {
    private let statement: RawStatement

    init(_ statements: StatementSet) throws {
        statement = try statements.prepare(
            "INSERT OR REPLACE INTO tile (level, number, hashes) VALUES (?, ?, ?)")
    }

    func write(level: Int, number: UInt64, hashes: [Digest32]) throws {
        statement.bind(1, Int64(level))
        statement.bind(2, number)
        // A digest is its 32 bytes, so that an array of them is the tile.
        hashes.withUnsafeBytes { statement.bind(3, blob: $0) }
        try statement.run()
    }
}

enum TileTable {
    /// The first `width` hashes of a tile as bytes; nil when it is not that wide yet.
    static func bytes(_ db: Database, level: Int, number: UInt64, width: Int) throws -> Data? {
        let blob = try Data.fetchOne(
            try db.cachedStatement(sql: "SELECT hashes FROM tile WHERE level = ? AND number = ?"),
            arguments: [level, Int64(clamping: number)])
        guard let blob, blob.count >= width * Digest32.byteCount else { return nil }
        return blob.prefix(width * Digest32.byteCount)
    }

    /// - Throws: `ProjectionError.unusable` when the tile is missing or short.
    static func hashes(
        _ db: Database, level: Int, number: UInt64, width: Int
    ) throws -> [Digest32] {
        guard let bytes = try bytes(db, level: level, number: number, width: width) else {
            throw ProjectionError(
                .unusable, "Tile \(level)/\(number) is missing in views/; rebuild them.")
        }
        return bytes.withUnsafeBytes { buffer in
            (0..<width).compactMap { position in
                let start = position * Digest32.byteCount
                return Digest32(
                    UnsafeRawBufferPointer(rebasing: buffer[start..<start + Digest32.byteCount]))
            }
        }
    }
}
