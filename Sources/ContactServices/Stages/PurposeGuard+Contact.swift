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
        var request = WireReadContactRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(contact.bytes)
        let row: WireContactRow
        do throws(ServiceError) {
            row = try await ledger.ask(.readContact(request)) { result -> WireContactRow? in
                if case .contact(let row) = result { row } else { nil }
            }
        } catch {
            throw error.code == .notFound ? .noSuchContact : error
        }
        do throws(ServiceError) {
            try checkRestriction(of: row, authorized)
            try check(authorized.purposes, of: row)
        } catch {
            throw error.about(row.head.subject)
        }
    }
}
