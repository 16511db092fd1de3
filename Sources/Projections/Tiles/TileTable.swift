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
        let bytes = try bytes(db, at: TilePlace(level: level, number: number))
        return bytes.count < width * Digest32.byteCount
            ? nil : bytes.prefix(width * Digest32.byteCount)
    }

    /// All hashes of a tile as bytes; none when it is not there.
    static func bytes(_ db: Database, at place: TilePlace) throws -> Data {
        try Data.fetchOne(
            try db.cachedStatement(sql: "SELECT hashes FROM tile WHERE level = ? AND number = ?"),
            arguments: [place.level, Int64(clamping: place.number)]) ?? Data()
    }

    /// Some hashes of a tile whose bytes were read.
    ///
    /// - Throws: `ProjectionError.unusable` when the tile is missing or short.
    static func hashes(
        _ bytes: Data, at place: TilePlace, _ range: Range<Int>
    ) throws -> [Digest32] {
        guard bytes.count >= range.upperBound * Digest32.byteCount else {
            throw ProjectionError(
                .unusable,
                "Tile \(place.level)/\(place.number) is missing in views/; rebuild them.")
        }
        return bytes.withUnsafeBytes { buffer in
            range.compactMap { position in
                let start = position * Digest32.byteCount
                return Digest32(
                    buffer: UnsafeRawBufferPointer(
                        rebasing: buffer[start..<start + Digest32.byteCount]))
            }
        }
    }
}
