import ContactModel
import Foundation
import ProcessBoundary

extension PurposeGuard {
    /// Whether the contact, as it stands now, covers the purposes of a request that does not read its row otherwise.
    ///
    /// - Throws: `not-found`, `processing-restricted`, `purpose-not-covered`; `forbidden` for a role that reads no contacts.
    static func check(
        _ authorized: Authorized, _ contact: EntityID, _ ledger: any LedgerPort
    ) async throws(ServiceError) {
        let row = try await ledger.contact(contact, authorized)
        do throws(ServiceError) {
            try checkRestriction(of: row, authorized)
            try check(authorized.purposes, of: row)
        } catch {
            throw error.about(row.head.subject)
        }
    }
}
