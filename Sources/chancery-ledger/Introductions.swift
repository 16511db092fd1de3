import AccessControl
import ContactModel
import ProcessBoundary

/// Holds the first entry of each new contact against the keeper's word.
struct Introductions: Sendable {
    let word: KeeperWord

    /// - Throws: `INVALID` for a new contact whose sealed id and address the keeper does not know as those named in clear;
    ///   `UNAVAILABLE` as ``KeeperWord/check(_:by:or:)``.
    func check(_ request: WireAppendRequest) async throws(WireFault) {
        for mutation in request.mutations where mutation.createsSubject {
            guard let introduction = Introduction(mutation) else { throw Self.unknown }
            try await word.check(introduction, by: mutation.introduction, or: Self.unknown)
        }
    }

    private static let unknown = WireFault(
        .invalid, "Refused: a new contact comes with the keeper's word for its id and address.")
}

extension Introduction {
    /// Nil for what is no new contact's mutation; the store says why.
    fileprivate init?(_ mutation: WireMutation) {
        guard let first = mutation.entries.first, first.type == ContactCreated.type,
            let event = try? EventCoding.decode(ContactCreated.self, from: first.payload),
            let email = mutation.unique.first, mutation.unique.count == 1, email.index == "email"
        else { return nil }
        self.init(
            subject: mutation.subject, contactID: mutation.contactID, email: email.value,
            entity: event.entity, label: first.label, sealedContactID: event.contactId,
            sealedEmail: event.email)
    }
}
