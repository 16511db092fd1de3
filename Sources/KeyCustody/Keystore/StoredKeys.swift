import Foundation
import GRDB

/// What the keystore says about the keys that the root wraps, before any of it was opened.
struct StoredKeys: Sendable {
    let logName: String
    let epoch: Int64
    let rootCheck: Data
    let records: [KeyRecord]
    let indexKeys: [String: Data]
    let shelves: [BucketKeys.Shelf]

    init(_ db: Database) throws {
        guard let meta = try Row.fetchOne(db, sql: "SELECT * FROM meta") else {
            throw KeyCustodyError(
                .cannotStart, "the keystore was never completed; restore keys/ as one whole")
        }
        logName = meta["log_name"]
        epoch = meta["epoch"]
        rootCheck = meta["root_check"]
        records = try KeyRecord.all(db)
        let rows = try Row.fetchAll(db, sql: "SELECT field, wrapped FROM index_key")
        indexKeys = Dictionary(
            rows.map { ($0["field"] as String, $0["wrapped"] as Data) }, uniquingKeysWith: { $1 })
        shelves = try BucketKeys.Shelf.all(db)
    }

    /// - Throws: `KeyCustodyError.cannotStart` when this is another log's keystore or another root's.
    func check(root: SecretBytes, logName: String) throws(KeyCustodyError) {
        guard logName == self.logName else {
            throw KeyCustodyError(
                .cannotStart,
                "this keystore signs for \(self.logName), not for \(logName); start with --name "
                    + self.logName)
        }
        do {
            try KeyWrap.open(
                rootCheck, under: root.transientKey(),
                binding: .rootCheck(logName: self.logName, epoch: epoch)
            ) { _ in }
        } catch {
            throw KeyCustodyError(
                .cannotStart,
                "keys/keystore.sqlite belongs to another root than keys/root.sealed, or its table meta was "
                    + "altered; restore both from the same moment")
        }
    }

    /// The one key for a purpose that has no successors.
    func only(_ use: KeyRecord.Use) throws(KeyCustodyError) -> KeyRecord {
        let matching = records.filter { $0.use == use }
        guard let record = matching.first, matching.count == 1 else {
            throw KeyCustodyError(
                .cannotStart,
                "the keystore holds \(matching.count) active keys for \(use.rawValue), need one; "
                    + "restore keys/ as one whole")
        }
        return record
    }
}
