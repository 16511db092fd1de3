import AccessControl
import ContactModel
import ProcessBoundary

/// Holds the entries that say who a contact is, its first and its updates, against the keeper's word.
struct Introductions: Sendable {
    let word: KeeperWord

    /// - Throws: `INVALID` for a contact whose sealed id and address the keeper does not know as those named in clear;
    ///   `UNAVAILABLE` as ``KeeperWord/check(_:by:or:)``.
    func check(_ request: WireAppendRequest) async throws(WireFault) {
        for mutation in request.mutations
        where mutation.createsSubject
            || mutation.entries.contains(where: { $0.type == ContactUpdated.type })
        {
            guard let introduction = Introduction(mutation) else { throw Self.unknown }
            try await word.check(introduction, by: mutation.introduction, or: Self.unknown)
        }
    }

    private static let unknown = WireFault(
        .invalid, "Refused: a contact's id and address come with the keeper's word for both.")
}

extension Introduction {
    /// Nil for a mutation that says nothing of who a contact is; the store says why it is refused.
    fileprivate init?(_ mutation: WireMutation) {
        // Both kinds have the same members.
        guard let first = mutation.entries.first,
            [ContactCreated.type, ContactUpdated.type].contains(first.type),
            let event = try? EventCoding.decode(ContactCreated.self, from: first.payload),
            let email = mutation.unique.first, mutation.unique.count == 1, email.index == "email"
        else { return nil }
        self.init(
            subject: mutation.subject, contactID: mutation.contactID, email: email.value,
            nameWords: mutation.nameWords,
            entity: event.entity, label: first.label, sealedContactID: event.contactId,
            sealedEmail: event.email, sealedName: event.fullName)
    }
}
