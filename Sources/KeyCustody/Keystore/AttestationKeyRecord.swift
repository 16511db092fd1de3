import Foundation
import GRDB
import LedgerFormat

/// A row of `attestation_key`: a key of the TPM that vouches for seals of trees in its range.
struct AttestationKeyRecord: Sendable {
    static let name = "AK"

    let serial: Int64
    /// SPKI DER.
    let publicKey: [UInt8]
    let fromSize: Int64
    let untilSize: Int64?

    static func all(_ db: Database, _ seal: StateSeal) throws -> [AttestationKeyRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM attestation_key ORDER BY serial").map { row in
            let record = AttestationKeyRecord(
                serial: row["serial"], publicKey: [UInt8](row["public_key"] as Data),
                fromSize: row["from_size"], untilSize: row["until_size"])
            try seal.check(row["mac"], "attestation_key", record.columns)
            return record
        }
    }

    func insert(_ db: Database, _ seal: StateSeal) throws {
        try db.execute(
            sql: "INSERT INTO attestation_key VALUES (?, ?, ?, ?, ?)",
            arguments: [
                serial, Data(publicKey), fromSize, untilSize, seal.mac("attestation_key", columns),
            ])
    }

    private var columns: [Data] {
        [
            StateSeal.column(serial), Data(publicKey), StateSeal.column(fromSize),
            untilSize.map(StateSeal.column) ?? Data(),
        ]
    }
}
