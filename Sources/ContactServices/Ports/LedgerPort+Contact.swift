import ContactModel
import Foundation
import ProcessBoundary

extension LedgerPort {
    /// The contact with this id, as the caller may see it.
    ///
    /// - Throws: `not-found`, also above the caller's clearance; unavailability.
    func contact(
        _ id: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> WireContactRow {
        var request = WireReadContactRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(id.bytes)
        do throws(ServiceError) {
            return try await ask(.readContact(request)) { result -> WireContactRow? in
                if case .contact(let row) = result { row } else { nil }
            }
        } catch {
            throw error.code == .notFound ? .noSuchContact : error
        }
    }
}

extension ServiceError {
    static let noSuchContact = ServiceError(.notFound, "There is no contact with this id.")
}
