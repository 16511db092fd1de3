import Crypto
import Dispatch
import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary

/// A copy of a keystore file as of one moment, whoever writes to it meanwhile. All of it is wrapped, so no key is needed
/// and none is given away.
enum KeystoreCopy {
    /// What a keystore says of the root that it belongs to.
    struct Identity: Sendable, Equatable {
        let logName: String
        let epoch: UInt64
        /// SHA-256 of `root_check`.
        let root: Digest32

        init(_ db: Database) throws {
            guard
                let row = try Row.fetchOne(db, sql: "SELECT log_name, epoch, root_check FROM meta")
            else {
                throw KeyCustodyError(
                    .cannotStart, "the keystore was never completed; restore keys/ as one whole")
            }
            logName = row["log_name"]
            epoch = UInt64(bitPattern: row["epoch"])
            root = Digest32(Array(SHA256.hash(data: row["root_check"] as Data))) ?? .zero
        }
    }

    /// Durable when it returns, its name but for the directory's sync; mode 0600. What was at `target` is gone.
    static func make(
        of path: String, at target: String
    ) async throws(KeyCustodyError) -> Identity {
        let result: Result<Identity, KeyCustodyError> = await withCheckedContinuation { reply in
            // Seconds for millions of subjects: not on a thread that others wait for.
            DispatchQueue.global().async {
                reply.resume(
                    returning: Result { () throws(KeyCustodyError) in
                        try copy(path, to: target)
                    })
            }
        }
        return try result.get()
    }

    /// - Throws: `KeyCustodyError.cannotStart` for a file that is no keystore.
    static func identity(of path: String) throws(KeyCustodyError) -> Identity {
        do {
            let queue = try open(path)
            defer { try? queue.close() }
            return try queue.read { try Identity($0) }
        } catch {
            throw Keystore.refusal(error)
        }
    }

    private static func copy(_ path: String, to target: String) throws(KeyCustodyError) -> Identity
    {
        do {
            try SystemFile.remove(target)
            try SystemFile.write([], to: target)
            let queue = try open(path)
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [target])
            }
            try SystemFile.sync(target)
            return try identity(of: target)
        } catch let error as SystemError {
            throw KeyCustodyError(.unavailable, "\(error)")
        } catch {
            throw Keystore.refusal(error)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        // SQLite would make one.
        guard SystemFile.exists(path) else {
            throw KeyCustodyError(.cannotStart, "there is no keystore \(path)")
        }
        var configuration = Configuration()
        configuration.label = "keystore copy"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard application == KeystoreSchema.applicationID,
                KeystoreSchema.readable.contains(version)
            else {
                throw KeyCustodyError(
                    .cannotStart, "\(path) is not a keystore that this program reads")
            }
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
