import ContactModel

/// Whom a contact's data was given, revoked since or not: they have it.
extension DSRService {
    /// Systems to be told of an answer (Article 19 GDPR): each once.
    func recipients(
        to work: RequestWork, _ request: RequestView, of contact: EntityID,
        _ authorized: Authorized
    ) async throws(ServiceError) -> [String] {
        guard case .complete = work else { return [] }
        switch request.standing.kind.effect {
        case .correction, .restriction: break
        case .disclosure, .erasure, .objection: return []
        }
        let recipients = Set(try await sharings(of: contact, authorized).map(\.recipient))
        guard recipients.count <= ServiceLimits.noticesPerAnswer else {
            throw ServiceError(
                .tooLarge,
                "The data was given to more than \(ServiceLimits.noticesPerAnswer) systems; that many are not told at once."
            )
        }
        return recipients.sorted()
    }

    /// The newest first; on record before it returns.
    func sharings(
        of contact: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> [SharingView] {
        let rows = SharingRows(ledger: ledger, keeper: keeper)
        var sharings: [SharingView] = []
        var query = SharingQuery(
            key: .contact(contact), cursor: nil, limit: SharingQuery.limits.upperBound)
        repeat {
            let page = try await rows.page(query, authorized)
            sharings += page.sharings
            query.cursor = page.next
        } while query.cursor != nil && sharings.count < ServiceLimits.sharingsTold
        return sharings
    }
}
