import Foundation
import GRDB
import LedgerFormat

/// A row of `attestation_key`: a key of a TPM that vouches for the seals of some generations.
struct AttestationKeyRecord: Sendable {
    static let name = "AK"

    let serial: Int64
    /// SPKI DER.
    let publicKey: [UInt8]
    /// TPM name.
    let sealCounter: [UInt8]
    let fromGeneration: Int64
    let untilGeneration: Int64?

    func counts(in generation: UInt64) -> Bool {
        fromGeneration <= Int64(clamping: generation)
            && untilGeneration.map { Int64(clamping: generation) <= $0 } ?? true
    }

    static func all(_ db: Database, _ seal: StateSeal) throws -> [AttestationKeyRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM attestation_key ORDER BY serial").map { row in
            let record = AttestationKeyRecord(
                serial: row["serial"], publicKey: [UInt8](row["public_key"] as Data),
                sealCounter: [UInt8](row["seal_counter"] as Data),
                fromGeneration: row["from_generation"], untilGeneration: row["until_generation"])
            try seal.check(row["mac"], "attestation_key", record.columns)
            return record
        }
    }

    func insert(_ db: Database, _ seal: StateSeal) throws {
        try db.execute(
            sql: "INSERT INTO attestation_key VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                serial, Data(publicKey), Data(sealCounter), fromGeneration, untilGeneration,
                seal.mac("attestation_key", columns),
            ])
    }

    /// Ends the one in use with a generation. Its successor of another TPM seals the rest of it, but only the next one
    /// announces it (FORMAT 5.4).
    static func replace(
        with publicKey: [UInt8], sealCounter: [UInt8], in generation: Int64, _ db: Database,
        _ seal: StateSeal
    ) throws {
        let last = try all(db, seal).last
        if let last {
            let ended = AttestationKeyRecord(
                serial: last.serial, publicKey: last.publicKey, sealCounter: last.sealCounter,
                fromGeneration: last.fromGeneration, untilGeneration: generation)
            try db.execute(
                sql: "UPDATE attestation_key SET until_generation = ?, mac = ? WHERE serial = ?",
                arguments: [
                    generation, seal.mac("attestation_key", ended.columns), last.serial,
                ])
        }
        try AttestationKeyRecord(
            serial: (last?.serial ?? 0) + 1, publicKey: publicKey, sealCounter: sealCounter,
            fromGeneration: generation + 1, untilGeneration: nil
        ).insert(db, seal)
    }

    private var columns: [Data] {
        [
            StateSeal.column(serial), Data(publicKey), Data(sealCounter),
            StateSeal.column(fromGeneration), untilGeneration.map(StateSeal.column) ?? Data(),
        ]
    }
}
