import Foundation
import GRDB

/// A row of `counter`: one of this ledger's counters in the TPM, and the value that it has or is about to have.
struct CounterRecord: Sendable {
    enum Purpose: String, CaseIterable, Sendable {
        /// One step per sealed segment.
        case seal
        /// One step per start, clean stop and few minutes between: a keystore that is behind is an old one.
        case anchor
        /// One step per erasure; the sealed root opens at its value alone.
        case epoch
    }

    let purpose: Purpose
    let counter: TPMCounter
    /// What it began with, or where a recovery found it.
    private(set) var first: UInt64
    private(set) var intended: UInt64
    /// Of the anchor: nothing may be signed for this generation any more. It stands where the anchor does, since no
    /// older row with another answer fits the TPM.
    var owesRecovery = false
    /// Of the anchor: the TPM certified that nothing is signed beyond this size, but the one leaf that says so, as long as the
    /// counter stands at `intended`.
    private(set) var finalSize: UInt64?
    /// Of the anchor: why this directory went on although it was not the newest. The ledger says so with the next start.
    var reason: String?

    init(_ purpose: Purpose, _ counter: TPMCounter, first: UInt64) {
        self.purpose = purpose
        self.counter = counter
        self.first = first
        intended = first
    }

    /// Takes what the TPM says for the truth: of a directory that is recovered.
    mutating func adopt(_ value: UInt64) {
        first = value
        move(to: value)
    }

    mutating func move(to value: UInt64, finalSize: UInt64? = nil) {
        intended = value
        self.finalSize = finalSize
    }

    static func of(
        _ purpose: Purpose, _ db: Database, _ seal: StateSeal
    ) throws -> CounterRecord {
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM counter WHERE purpose = ?", arguments: [purpose.rawValue])
        guard let row, let handle = UInt32(exactly: row["handle"] as Int64) else {
            throw KeyCustodyError(
                .corrupt,
                "the keystore does not know its TPM's counter '\(purpose.rawValue)'; restore keys/ as one "
                    + "whole")
        }
        var record = CounterRecord(
            purpose, TPMCounter(handle: handle, name: [UInt8](row["name"] as Data)),
            first: UInt64(bitPattern: row["first"]))
        record.intended = UInt64(bitPattern: row["intended"])
        record.owesRecovery = row["owes_recovery"]
        record.finalSize = (row["final_size"] as Int64?).map { UInt64(bitPattern: $0) }
        record.reason = row["reason"]
        try seal.check(row["mac"], "counter", record.columns)
        return record
    }

    /// Inserts, or replaces the row of the same purpose.
    func save(_ db: Database, _ seal: StateSeal) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO counter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                purpose.rawValue, Int64(counter.handle), Data(counter.name),
                Int64(bitPattern: first), Int64(bitPattern: intended), owesRecovery,
                finalSize.map { Int64(bitPattern: $0) }, reason,
                seal.mac("counter", columns),
            ])
    }

    private var columns: [Data] {
        [
            Data(purpose.rawValue.utf8), StateSeal.column(Int64(counter.handle)),
            Data(counter.name), StateSeal.column(Int64(bitPattern: first)),
            StateSeal.column(Int64(bitPattern: intended)), StateSeal.column(owesRecovery ? 1 : 0),
            finalSize.map { StateSeal.column(Int64(bitPattern: $0)) } ?? Data(),
            Data((reason ?? "").utf8),
        ]
    }
}
