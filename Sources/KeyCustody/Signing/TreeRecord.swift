import Foundation
import GRDB
import LedgerFormat

/// The keeper's own memory of the tree, in the keystore: how far it has signed (`log_state`) and the roots
/// of the boundaries since the last manifest (`signed`). All of it is read and written inside the one
/// transaction that decides, so two requests at once cannot both extend the same tree.
struct TreeRecord {
    let generation: UInt64

    private var key: Int64 { Self.key(generation) }

    static func key(_ generation: UInt64) -> Int64 { Int64(clamping: generation) }

    /// - Throws: `KeyCustodyError.corrupt` when the row does not make a frontier.
    func frontier(_ db: Database) throws -> MerkleFrontier {
        let statement = try db.cachedStatement(
            sql: "SELECT size, frontier FROM log_state WHERE generation = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else {
            throw KeyCustodyError(
                .invalid,
                "this keeper has no generation \(generation); ask for the one it announces")
        }
        let bytes: Data = row["frontier"]
        let hashes = stride(from: bytes.startIndex, to: bytes.endIndex, by: 32).compactMap {
            start in
            Digest32(bytes[start..<min(start + 32, bytes.endIndex)])
        }
        guard let size = UInt64(exactly: row["size"] as Int64),
            let frontier = MerkleFrontier(size: size, hashes: hashes),
            bytes.count == hashes.count * 32
        else {
            throw KeyCustodyError(
                .corrupt, "the keystore's record of the tree is damaged; restore keys/ as one whole"
            )
        }
        return frontier
    }

    /// Notes what is about to be signed.
    func advance(to frontier: MerkleFrontier, _ db: Database) throws {
        var bytes = Data(capacity: frontier.hashes.count * 32)
        for hash in frontier.hashes { bytes.append(contentsOf: hash.bytes) }
        let size = try Self.column(frontier.size)
        try db.cachedStatement(
            sql: "UPDATE log_state SET size = ?, frontier = ? WHERE generation = ?"
        ).execute(arguments: [size, bytes, key])
        try db.cachedStatement(sql: "INSERT INTO signed VALUES (?, ?, ?)").execute(
            arguments: [key, size, Data(frontier.root.bytes)])
    }

    /// The root signed at `size`, if that boundary is still recorded.
    func root(at size: UInt64, _ db: Database) throws -> Digest32? {
        let statement = try db.cachedStatement(
            sql: "SELECT root FROM signed WHERE generation = ? AND size = ?")
        guard let bytes = try Data.fetchOne(statement, arguments: [key, Self.column(size)]) else {
            return nil
        }
        return Digest32(bytes)
    }

    /// Drops boundaries below a manifest: every checkpoint there is in a sealed segment.
    func prune(below size: UInt64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM signed WHERE generation = ? AND size < ?").execute(
            arguments: [key, Self.column(size)])
    }

    static func column(_ size: UInt64) throws -> Int64 {
        guard let value = Int64(exactly: size) else {
            throw KeyCustodyError(.invalid, "no tree is as large as \(size)")
        }
        return value
    }
}
