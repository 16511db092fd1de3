import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Puts another key in the place of the log key or KEK-AUDIT.
///
/// ```
/// 1  begin     the successor is drawn; it may sign from the next size on, but does not yet     the ledger: KeyActivated
/// 2  retire    the old one signed up to the size recorded, the successor signs what follows    the ledger: KeyRetired
/// 3  destroy   once nothing is left that only the old one could sign: its private half goes, and with
///              another root for another epoch every copy of it that older files hold
/// ```
/// Every step may be repeated, and does nothing where it was done. From 1 to 2 both ranges cover what is signed.
public struct KeyRotator: Sendable {
    /// Which key.
    public enum Use: String, Sendable, CaseIterable {
        case checkpoint
        case segmentManifest = "segment-manifest"

        var recorded: KeyRecord.Use {
            switch self {
            case .checkpoint: .checkpoint
            case .segmentManifest: .segmentManifest
            }
        }
    }

    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let eraser: Eraser
    /// One after the other.
    private let turn = ReadersWriterLock()

    init(keystore: Keystore, hierarchy: KeyHierarchy, eraser: Eraser) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.eraser = eraser
    }

    /// Draws a successor, which takes up to seconds for an RSA key; nothing where there is one.
    public func begin(_ use: Use) async throws(KeyCustodyError) {
        try await turn.alone { () async throws(KeyCustodyError) in
            let records = hierarchy.signing.records.filter { $0.use == use.recorded }
            let active = try SigningKeys.active(use.recorded, of: records)
            guard let newest = records.last, newest.serial == active.serial else { return }
            guard !records.contains(where: { $0.untilSize != nil && !$0.isDestroyed }) else {
                throw KeyCustodyError(
                    .unavailable,
                    "the key retired before is not destroyed yet; try again when it is")
            }
            let draw = try Drawn(use, after: active)
            try await change { root, tree, db in
                let next = try TreeRecord.column(tree.frontier(db).size + 1)
                try draw.record(fromSize: next, under: root).insert(db)
            }
        }
    }

    /// From the next size on the successor signs; nothing where there is none.
    public func retire(_ use: Use) async throws(KeyCustodyError) {
        try await turn.alone { () async throws(KeyCustodyError) in
            let records = hierarchy.signing.records.filter { $0.use == use.recorded }
            let active = try SigningKeys.active(use.recorded, of: records)
            guard let next = records.last, next.serial != active.serial else { return }
            try await hierarchy.signingGate.alone { () async throws(KeyCustodyError) in
                try await change { root, tree, db in
                    let size = try TreeRecord.column(tree.frontier(db).size)
                    guard size >= next.fromSize ?? 0 else {
                        throw KeyCustodyError(
                            .invalid,
                            "nothing was signed since the successor was drawn: announce it first")
                    }
                    guard var old = try KeyRecord.find(active, db) else { return }
                    let secret = try old.openSecret(under: root)
                    old.untilSize = size
                    try old.wrapping(secret, under: root).save(db)
                }
            }
        }
    }

    /// Destroys the private half of what was retired. Nothing must be left to sign that only it could sign.
    ///
    /// - Returns: whether anything was destroyed.
    /// - Throws: `KeyCustodyError.unavailable` while the TPM's epoch cannot move: the key is gone from the keystore, and from
    ///   its copies once the same is asked again.
    @discardableResult
    public func destroy(_ use: Use) async throws(KeyCustodyError) -> Bool {
        try await turn.alone { () async throws(KeyCustodyError) in
            let retired = hierarchy.signing.records.filter {
                $0.use == use.recorded && $0.untilSize != nil && !$0.isDestroyed
            }
            if !retired.isEmpty {
                try await change { root, _, db in
                    for record in retired {
                        try KeyRecord.find(record, db)?.destroyed(under: root).save(db)
                    }
                    try db.execute(sql: "UPDATE meta SET owes_epoch = 1")
                }
            }
            let epochs = try await eraser.erase([])
            return !retired.isEmpty || epochs.before != epochs.after
        }
    }

    /// One transaction with the root and the tree as they are, and what it leaves taken over.
    private func change(
        _ body: @escaping @Sendable (SymmetricKey, TreeRecord, Database) throws -> Void
    ) async throws(KeyCustodyError) {
        try await hierarchy.gate.alone { () async throws(KeyCustodyError) in
            let root = hierarchy.root.transientKey()
            let tree = TreeRecord(generation: hierarchy.signing.generation, seal: hierarchy.seal)
            let records = try await keystore.commit { db in
                try body(root, tree, db)
                return try KeyRecord.all(db)
            }
            try hierarchy.replace(records)
        }
    }
}

extension KeyRotator {
    /// A key that was drawn outside the transaction that stores it.
    private struct Drawn: Sendable {
        let record: KeyRecord
        let secret: SecretBytes

        init(_ use: Use, after active: KeyRecord) throws(KeyCustodyError) {
            switch use {
            case .checkpoint:
                (record, secret) = try FirstKeys.newLogKey(
                    named: active.name, generation: UInt64(clamping: active.generation),
                    serial: active.serial + 1)
            case .segmentManifest:
                (record, secret) = try FirstKeys.newAuditKey(
                    generation: active.generation, serial: active.serial + 1)
            }
        }

        func record(fromSize: Int64, under root: SymmetricKey) throws(KeyCustodyError) -> KeyRecord
        {
            var record = record
            record.fromSize = fromSize
            return try record.wrapping(secret, under: root)
        }
    }
}
