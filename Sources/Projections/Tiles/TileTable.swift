import Foundation
import GRDB
import LedgerFormat

/// Rows of table `tile`: hashes of 32 bytes, one after the other.
enum TileTable {
    static func write(_ db: Database, level: Int, number: UInt64, hashes: [Digest32]) throws {
        var blob = Data(capacity: hashes.count * Digest32.byteCount)
        for hash in hashes { hash.withUnsafeBytes { blob.append(contentsOf: $0) } }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO tile (level, number, hashes) VALUES (?, ?, ?)"
        ).execute(arguments: [level, Int64(number), blob])
    }

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
