import Foundation
import GRDB

/// The row of `policy_key`: the operator's key under whose signed policies the root opens, and the next one will.
///
/// Nobody can use another key by writing it here. The root that is sealed now names its key, so the TPM refuses the
/// policies of another; and what is sealed next, after an erasure or under another TPM, takes the key from here only after the
/// MAC was checked, whose key the root wraps.
struct PolicyKeyRecord: Sendable {
    let key: PolicyKey

    /// For opening the root; nothing vouches for the row yet.
    static func unchecked(_ db: Database) throws -> PolicyKey {
        try row(db).record.key
    }

    static func of(_ db: Database, _ seal: StateSeal) throws -> PolicyKeyRecord {
        let (record, mac) = try row(db)
        try seal.check(mac, "policy_key", record.columns)
        return record
    }

    func insert(_ db: Database, _ seal: StateSeal) throws {
        try db.execute(
            sql: "INSERT INTO policy_key VALUES (1, ?, ?)",
            arguments: [Data(key.spki), seal.mac("policy_key", columns)])
    }

    private static func row(_ db: Database) throws -> (record: PolicyKeyRecord, mac: Data) {
        guard let row = try Row.fetchOne(db, sql: "SELECT public_key, mac FROM policy_key"),
            let key = PolicyKey(spki: [UInt8](row["public_key"] as Data))
        else {
            throw KeyCustodyError(
                .cannotStart, "the keystore holds no policy key; restore keys/ as one whole")
        }
        return (PolicyKeyRecord(key: key), row["mac"])
    }

    private var columns: [Data] { [Data(key.spki)] }
}
