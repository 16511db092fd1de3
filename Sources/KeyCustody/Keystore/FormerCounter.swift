import Foundation
import GRDB

/// A row of `former_counter`.
struct FormerCounter: Sendable {
    let counter: TPMCounter

    static func all(_ db: Database, _ seal: StateSeal) throws -> [FormerCounter] {
        try Row.fetchAll(db, sql: "SELECT * FROM former_counter").map { row in
            let (name, handle): (Data, Int64) = (row["name"], row["handle"])
            try seal.check(row["mac"], "former_counter", columns(name, handle))
            guard let handle = UInt32(exactly: handle) else {
                throw KeyCustodyError(
                    .corrupt, "the keystore's record of a former counter is damaged")
            }
            return FormerCounter(counter: TPMCounter(handle: handle, name: [UInt8](name)))
        }
    }

    func save(_ db: Database, _ seal: StateSeal) throws {
        let (name, handle) = (Data(counter.name), Int64(counter.handle))
        try db.execute(
            sql: "INSERT OR REPLACE INTO former_counter VALUES (?, ?, ?)",
            arguments: [name, handle, seal.mac("former_counter", Self.columns(name, handle))])
    }

    private static func columns(_ name: Data, _ handle: Int64) -> [Data] {
        [name, StateSeal.column(handle)]
    }
}
