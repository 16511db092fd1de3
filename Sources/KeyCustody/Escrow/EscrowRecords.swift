import Crypto
import Foundation
import GRDB
import LedgerFormat

/// The row of `escrow_plan`: where escrows go and who holds their shares. It decides who can come to the root, so it
/// carries a MAC as all that decides about signatures does.
struct EscrowPlan: Sendable, Equatable {
    let directory: String
    /// Stands in the directory's marker file, too.
    let mark: [UInt8]
    let threshold: Int
    let holders: [RecoveryKey.Public]

    static let markSize = 16

    /// - Parameter seal: nil reads what the row says without believing it, where there is no key.
    static func read(_ db: Database, _ seal: StateSeal?) throws -> EscrowPlan? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM escrow_plan") else { return nil }
        let holders: Data = row["holders"]
        let size = RecoveryKey.Public.size
        let keys = stride(from: 0, to: holders.count, by: size).compactMap { start in
            RecoveryKey.Public([UInt8](holders.dropFirst(start).prefix(size)))
        }
        let plan = EscrowPlan(
            directory: row["directory"], mark: [UInt8](row["mark"] as Data),
            threshold: Int(row["threshold"] as Int64), holders: keys)
        try seal?.check(row["mac"], "escrow_plan", plan.columns)
        return plan
    }

    func save(_ db: Database, _ seal: StateSeal) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO escrow_plan VALUES (1, ?, ?, ?, ?, ?)",
            arguments: [
                directory, Data(mark), Int64(threshold), Data(holders.flatMap(\.bytes)),
                seal.mac("escrow_plan", columns),
            ])
    }

    private var columns: [Data] {
        [
            Data(directory.utf8), Data(mark), StateSeal.column(Int64(threshold)),
            Data(holders.flatMap(\.bytes)),
        ]
    }

    /// Tells whether an escrow is of this plan and of this root.
    func identity(keystore: Digest32) -> Digest32 {
        var hash = SHA256()
        hash.update(data: Array("chancery/escrow/plan/v1\n".utf8))
        hash.update(data: keystore.bytes)
        for column in columns {
            hash.update(data: StateSeal.column(Int64(column.count)))
            hash.update(data: column)
        }
        return Digest32(Array(hash.finalize())) ?? .zero
    }
}

/// A row of `escrow_issue`: an escrow that was made, and when it was destroyed. Nothing is decided by the word of these
/// rows but whether another one is owed.
struct EscrowIssue: Sendable, Equatable {
    let serial: Int64
    let epoch: UInt64
    /// `EscrowPlan.identity`.
    let identity: Data
    let directory: String
    let mark: [UInt8]
    let treeSize: UInt64
    /// Seconds since 1970, of this machine's clock.
    let issued: Int64
    let destroyed: Int64?

    static func all(_ db: Database) throws -> [EscrowIssue] {
        try Row.fetchAll(db, sql: "SELECT * FROM escrow_issue ORDER BY serial").map(Self.init)
    }

    static func last(_ db: Database) throws -> EscrowIssue? {
        try Row.fetchOne(db, sql: "SELECT * FROM escrow_issue ORDER BY serial DESC LIMIT 1")
            .map(Self.init)
    }

    /// Those that a later one has replaced, and that are not known to be gone.
    static func undestroyed(_ db: Database) throws -> [EscrowIssue] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM escrow_issue WHERE destroyed IS NULL \
                AND serial < (SELECT max(serial) FROM escrow_issue) ORDER BY serial
                """
        ).map(Self.init)
    }

    private init(_ row: Row) {
        serial = row["serial"]
        epoch = UInt64(bitPattern: row["epoch"])
        identity = row["identity"]
        directory = row["directory"]
        mark = [UInt8](row["mark"] as Data)
        treeSize = UInt64(clamping: row["tree_size"] as Int64)
        issued = row["issued"]
        destroyed = row["destroyed"]
    }

    static func insert(
        _ stamp: EscrowStamp, _ plan: EscrowPlan, identity: Digest32, now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: "INSERT INTO escrow_issue VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL)",
            arguments: [
                Int64(bitPattern: stamp.epoch), identity.data, plan.directory, Data(plan.mark),
                Int64(clamping: stamp.treeSize), now,
            ])
    }

    static func noteDestroyed(_ serials: [Int64], now: Int64, _ db: Database) throws {
        for serial in serials {
            try db.execute(
                sql: "UPDATE escrow_issue SET destroyed = ? WHERE serial = ?",
                arguments: [now, serial])
        }
    }
}
