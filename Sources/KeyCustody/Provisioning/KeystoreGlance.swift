import Foundation
import GRDB
import ProcessBoundary

/// What the keystore says about its TPM, read without a key and beside a running keeper. Nobody has checked it: it is for
/// an operator's eyes, and decides nothing.
struct KeystoreGlance: Sendable {
    struct Counter: Sendable {
        let purpose: String
        let counter: TPMCounter
        /// The value that it has, or is one step below.
        let intended: UInt64
    }

    struct SigningKey: Sendable {
        let name: String
        let keyID: String
    }

    /// How far the first start got.
    enum State: String, Sendable {
        case absent
        /// The first start was interrupted, and the next one begins anew.
        case unfinished
        case complete
    }

    let state: State
    let counters: [Counter]
    /// SPKI DER of the attestation key in use.
    let attestationKey: [UInt8]?
    /// Those that sign checkpoints and receipts in the TPM, or would if it could.
    var signingKeys: [SigningKey] = []
    /// To whose signed policies the root is sealed.
    let policyKey: PolicyKey?

    /// - Throws: `KeyCustodyError.cannotStart` for a keystore that cannot be read.
    static func take(_ directory: String) throws(KeyCustodyError) -> KeystoreGlance {
        let path = directory + "/" + Keystore.fileName
        guard SystemFile.exists(path) else {
            return empty(isBegun(directory) ? .unfinished : .absent)
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(2)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in try read(db) }
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_READONLY && isBegun(directory)
        {
            // A kill left a journal, which nobody rolls back who only looks.
            return empty(.unfinished)
        } catch {
            throw KeyCustodyError(
                .cannotStart,
                "\(path) cannot be read (\(error.localizedDescription)); run this as its owner")
        }
    }

    private static func isBegun(_ directory: String) -> Bool {
        SystemFile.exists(directory + "/provisioning")
    }

    private static func empty(_ state: State) -> KeystoreGlance {
        KeystoreGlance(state: state, counters: [], attestationKey: nil, policyKey: nil)
    }

    private static func read(_ db: Database) throws -> KeystoreGlance {
        guard try db.tableExists("meta"),
            try Int.fetchOne(db, sql: "SELECT count(*) FROM meta") == 1
        else {
            return empty(.unfinished)
        }
        let counters = try Row.fetchAll(
            db, sql: "SELECT purpose, handle, name, intended FROM counter ORDER BY handle"
        ).compactMap { row -> Counter? in
            guard let handle = UInt32(exactly: row["handle"] as Int64) else { return nil }
            return Counter(
                purpose: row["purpose"],
                counter: TPMCounter(handle: handle, name: [UInt8](row["name"] as Data)),
                intended: UInt64(bitPattern: row["intended"]))
        }
        let key = try Data.fetchOne(
            db,
            sql:
                "SELECT public_key FROM attestation_key WHERE until_generation IS NULL ORDER BY serial DESC"
        )
        let signing = try Row.fetchAll(
            db,
            sql: """
                SELECT name, key_id FROM kek WHERE use IN ('published-checkpoint', 'receipt') AND serial = \
                (SELECT max(serial) FROM kek WHERE use = 'receipt') ORDER BY use
                """
        ).map { SigningKey(name: $0["name"], keyID: $0["key_id"]) }
        return KeystoreGlance(
            state: .complete, counters: counters, attestationKey: key.map { [UInt8]($0) },
            signingKeys: signing, policyKey: try PolicyKeyRecord.unchecked(db))
    }
}
