import Crypto
import Foundation
import LedgerFormat

/// The keys of the trust file that sign in the keeper's generation, those that were retired in it included.
///
/// Of each use at most three: one that was retired, one that signs, one that will follow it.
struct SigningKeys: Sendable {
    let generation: UInt64
    /// By use, the oldest first.
    let records: [KeyRecord]
    /// Of every KEK-AUDIT there ever was: manifests of earlier generations are verified, too.
    let manifestKeys: [[UInt8]]
    /// With their private halves, the oldest first.
    private let logKeys: [(record: KeyRecord, key: LogKey)]
    /// Signs checkpoints now.
    let logKey: LogKey

    /// - Parameter stored: every key of the keystore, as wrapped by `root`.
    /// - Throws: `KeyCustodyError.cannotStart` without a key that signs; `.corrupt` for a row that does not open.
    init(_ stored: [KeyRecord], under root: SymmetricKey) throws(KeyCustodyError) {
        let last = stored.filter { $0.use == .checkpoint }.map(\.generation).max() ?? 0
        records = stored.filter { record in
            switch record.use {
            case .checkpoint, .segmentManifest: record.generation == last
            case .published, .receipt, .data, .suppression, .ticket, .state: false
            }
        }.sorted { ($0.use.rawValue, $0.serial) < ($1.use.rawValue, $1.serial) }
        generation = UInt64(clamping: last)
        manifestKeys = stored.filter { $0.use == .segmentManifest }
            .compactMap { $0.publicKey.map { [UInt8]($0) } }
        var logKeys: [(record: KeyRecord, key: LogKey)] = []
        for record in records where record.use == .checkpoint && !record.isDestroyed {
            let key = try LogKey(
                name: record.name, seed: record.openSecret(under: root), generation: generation)
            logKeys.append((record, key))
        }
        self.logKeys = logKeys
        let active = try Self.active(.checkpoint, of: records)
        guard let logKey = logKeys.first(where: { $0.record.serial == active.serial })?.key else {
            throw Self.missing(.checkpoint)
        }
        self.logKey = logKey
        _ = try Self.active(.segmentManifest, of: records)
    }

    /// Signs the checkpoint of this size: the oldest that counts. Nil where that is destroyed: another would sign other bytes.
    func logKey(at size: UInt64) -> LogKey? {
        let record = records.first { $0.use == .checkpoint && $0.counts(at: size) }
        return logKeys.first { $0.record.serial == record?.serial }?.key
    }

    /// Signs the manifest of a segment that ends at this size.
    func auditKey(at size: UInt64) -> KeyRecord? {
        let record = records.first { $0.use == .segmentManifest && $0.counts(at: size) }
        return record?.isDestroyed == false ? record : nil
    }

    /// The KEK-AUDIT that goes on when this generation ends: that was drawn last.
    static func lastingAuditKey(of records: [KeyRecord]) -> KeyRecord? {
        records.filter { $0.use == .segmentManifest && $0.untilSize == nil && !$0.isDestroyed }
            .max { $0.serial < $1.serial }
    }

    /// Verify checkpoints of this generation, whichever key signed them.
    var noteKeys: [NoteKey] {
        records.filter { $0.use == .checkpoint }.compactMap { record in
            NoteKey.ed25519(name: record.name, publicKey: [UInt8](record.publicKey ?? .init()))
        }
    }

    /// The one that signs; a successor that was not put in its place yet comes after it.
    static func active(
        _ use: KeyRecord.Use, of records: [KeyRecord]
    ) throws(KeyCustodyError) -> KeyRecord {
        let inUse = records.filter { $0.use == use && $0.untilSize == nil && !$0.isDestroyed }
        guard let active = inUse.min(by: { $0.serial < $1.serial }), inUse.count <= 2 else {
            throw missing(use)
        }
        return active
    }

    private static func missing(_ use: KeyRecord.Use) -> KeyCustodyError {
        KeyCustodyError(
            .cannotStart,
            "the keystore holds no key that signs for \(use.rawValue); restore keys/ as one whole")
    }
}
