import Foundation
import GRDB
import LedgerFormat

/// A row of `suppressed`: an address, known by its code alone, of a subject. Sealed (`StateSeal`), so that no row is made of another's.
struct SuppressedRow: Sendable {
    /// 32 bytes.
    let code: Data
    let tag: SubjectTag

    private static let table = "suppressed"

    /// Once: the same row is not written again.
    func insert(_ db: Database, _ seal: StateSeal) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO suppressed VALUES (?, ?, ?)")
            .execute(arguments: [code, tag.data, seal.mac(Self.table, [code, tag.data])])
    }

    /// - Throws: `KeyCustodyError.corrupt` for one that was altered.
    static func all(_ code: Data, _ db: Database, _ seal: StateSeal) throws -> [SuppressedRow] {
        let statement = try db.cachedStatement(
            sql: "SELECT tag, mac FROM suppressed WHERE code = ?")
        return try Row.fetchAll(statement, arguments: [code]).map { row in
            let (bytes, mac): (Data, Data) = (row["tag"], row["mac"])
            try seal.check(mac, table, [code, bytes])
            guard let tag = SubjectTag(bytes) else {
                throw KeyCustodyError(
                    .corrupt, "a row of the keystore's table \(table) names nobody")
            }
            return SuppressedRow(code: code, tag: tag)
        }
    }
}
