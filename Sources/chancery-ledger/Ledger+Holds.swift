import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    /// Of a contact that the caller may read.
    func holds(of subject: SubjectTag) throws(LedgerStoreError) -> [WireHoldRow] {
        var rows: [WireHoldRow] = []
        for row in try legalHolds(of: subject) {
            rows.append(
                .with {
                    $0.id = Data(row.record.hold.id.bytes)
                    $0.reason = row.record.hold.reason.rawValue
                    $0.placedAt = row.record.placedAt
                    $0.until = row.record.hold.until?.text ?? ""
                    $0.releasedAt = row.record.releasedAt ?? ""
                    $0.generation = row.placed.generation
                    $0.index = row.placed.index
                })
        }
        return rows
    }
}
