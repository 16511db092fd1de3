import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary

/// Shows that an escrow opens, and the keystore beside it with it, without restoring anything.
public struct EscrowCheck: Sendable {
    public let stamp: EscrowStamp
    /// Subjects in the keystore's copy beside it; nil: there is none.
    public let subjects: Int?
    /// Wrong with keys and shares that were not needed.
    public let problems: [String]

    /// - Throws: `KeyCustodyError` saying what is wrong with which key, share or file.
    public init(escrow path: String, keys: [RecoveryKey]) async throws(KeyCustodyError) {
        let file = try EscrowFile.read(path)
        let (root, problems) = try file.open(keys)
        stamp = file.stamp
        self.problems = problems
        let beside = EscrowDirectory.keystore(
            file.stamp.epoch, in: SystemFile.directory(of: path))
        subjects =
            SystemFile.exists(beside)
            ? try Self.subjects(of: beside, root: root, logName: file.stamp.logName) : nil
    }

    private static func subjects(
        of path: String, root: SecretBytes, logName: String
    ) throws(KeyCustodyError) -> Int {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                try StoredKeys(db).check(root: root, logName: logName)
                return try Int.fetchOne(db, sql: "SELECT count(*) FROM subject") ?? 0
            }
        } catch {
            throw KeyCustodyError(
                .corrupt,
                "the escrow opens, but not the keystore \(path) beside it: it is of another moment, or damaged"
            )
        }
    }
}
