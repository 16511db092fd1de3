import Foundation
import GRDB
import LedgerFormat

/// The keeper's own memory of the tree, in the keystore: how far it has signed (`log_state`) and the roots
/// of the boundaries since the last manifest (`signed`). The transaction that extends it compares the size in
/// the file, so two requests at once cannot both extend the same tree, whatever they remember.
struct TreeRecord: Sendable {
    let generation: UInt64
    let seal: StateSeal

    private var key: Int64 { Int64(clamping: generation) }

    /// The record of an empty tree.
    func begin(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO log_state VALUES (?, 0, ?, ?)",
            arguments: [key, Data(), stateMAC(size: 0, frontier: Data())])
    }

    /// - Throws: `KeyCustodyError.corrupt` when the row was altered or does not make a frontier.
    func frontier(_ db: Database) throws -> MerkleFrontier {
        let statement = try db.cachedStatement(
            sql: "SELECT size, frontier, mac FROM log_state WHERE generation = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else {
            throw KeyCustodyError(
                .invalid,
                "this keeper has no generation \(generation); ask for the one it announces")
        }
        let bytes: Data = row["frontier"]
        try seal.check(row["mac"], "log_state", stateColumns(size: row["size"], frontier: bytes))
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

    /// Notes what is about to be signed, if the tree recorded has `size` leaves; else changes nothing.
    /// - Returns: whether it had.
    func advance(from size: UInt64, to frontier: MerkleFrontier, _ db: Database) throws -> Bool {
        let bytes = Self.bytes(frontier)
        let (old, new) = (try Self.column(size), try Self.column(frontier.size))
        try db.cachedStatement(
            sql:
                "UPDATE log_state SET size = ?, frontier = ?, mac = ? WHERE generation = ? AND size = ?"
        ).execute(arguments: [new, bytes, stateMAC(size: new, frontier: bytes), key, old])
        guard db.changesCount == 1 else { return false }
        let root = Data(frontier.root.bytes)
        try db.cachedStatement(sql: "INSERT INTO signed VALUES (?, ?, ?, ?)").execute(
            arguments: [key, new, root, seal.mac("signed", boundary(new, root))])
        return true
    }

    /// Takes a larger tree for the one signed last. Its checkpoint is `remember`ed.
    func adopt(_ frontier: MerkleFrontier, _ db: Database) throws {
        let bytes = Self.bytes(frontier)
        let size = try Self.column(frontier.size)
        try db.execute(
            sql: "UPDATE log_state SET size = ?, frontier = ?, mac = ? WHERE generation = ?",
            arguments: [size, bytes, stateMAC(size: size, frontier: bytes), key])
    }

    /// The root signed at `size`, if that boundary is still recorded.
    /// - Throws: `KeyCustodyError.corrupt` when the row was altered.
    func root(at size: UInt64, _ db: Database) throws -> Digest32? {
        let statement = try db.cachedStatement(
            sql: "SELECT root, mac FROM signed WHERE generation = ? AND size = ?")
        let column = try Self.column(size)
        guard let row = try Row.fetchOne(statement, arguments: [key, column]) else { return nil }
        let root: Data = row["root"]
        try seal.check(row["mac"], "signed", boundary(column, root))
        return Digest32(root)
    }

    /// Notes a tree that was signed, as its checkpoint shows, where the row of its size is not here any more.
    /// - Throws: `KeyCustodyError.equivocation` when the row says another root.
    func remember(_ size: UInt64, _ root: Digest32, _ db: Database) throws {
        if let known = try self.root(at: size, db) {
            guard known == root else {
                throw KeyCustodyError(
                    .equivocation,
                    "the checkpoint of size \(size) has another root than this keeper signed at that size"
                )
            }
            return
        }
        let (column, bytes) = (try Self.column(size), Data(root.bytes))
        try db.execute(
            sql: "INSERT INTO signed VALUES (?, ?, ?, ?)",
            arguments: [key, column, bytes, seal.mac("signed", boundary(column, bytes))])
    }

    /// Drops boundaries below a manifest, `limit` at most: every checkpoint there is in a sealed segment.
    /// - Returns: whether any are left.
    func prune(below size: UInt64, limit: Int, _ db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: """
                DELETE FROM signed WHERE generation = ?1 AND size IN (SELECT size FROM signed \
                WHERE generation = ?1 AND size < ?2 ORDER BY size LIMIT ?3)
                """
        ).execute(arguments: [key, Self.column(size), limit])
        return db.changesCount == limit
    }

    private func stateColumns(size: Int64, frontier: Data) -> [Data] {
        [StateSeal.column(key), StateSeal.column(size), frontier]
    }

    private func stateMAC(size: Int64, frontier: Data) -> Data {
        seal.mac("log_state", stateColumns(size: size, frontier: frontier))
    }

    private func boundary(_ size: Int64, _ root: Data) -> [Data] {
        [StateSeal.column(key), StateSeal.column(size), root]
    }

    private static func bytes(_ frontier: MerkleFrontier) -> Data {
        var bytes = Data(capacity: frontier.hashes.count * 32)
        for hash in frontier.hashes { bytes.append(contentsOf: hash.bytes) }
        return bytes
    }

    static func column(_ size: UInt64) throws -> Int64 {
        guard let value = Int64(exactly: size) else {
            throw KeyCustodyError(.invalid, "no tree is as large as \(size)")
        }
        return value
    }
}
