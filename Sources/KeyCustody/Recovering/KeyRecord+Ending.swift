import Crypto
import GRDB

extension KeyRecord {
    /// No log key outlives its generation. KEK-AUDIT goes on: the one that was drawn last.
    static func endGeneration(
        before next: UInt64, under root: SymmetricKey, _ db: Database
    ) throws {
        let records = try all(db)
        for record in records where record.use == .checkpoint {
            try record.destroyed(under: root).save(db)
        }
        let audits = records.filter { $0.use == .segmentManifest && !$0.isDestroyed }
        let last = SigningKeys.lastingAuditKey(of: audits)
        for var record in audits {
            guard record.serial == last?.serial else {
                try record.destroyed(under: root).save(db)
                continue
            }
            let secret = try record.openSecret(under: root)
            record.generation = Int64(clamping: next)
            record.fromSize = 0
            try record.wrapping(secret, under: root).save(db)
        }
    }
}
