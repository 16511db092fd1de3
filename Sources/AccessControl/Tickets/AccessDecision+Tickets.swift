public import ContactModel
public import Foundation
public import ProcessBoundary

/// A ticket reaches one contact: whatever else is asked on it is refused, also where the table permits the operation.
extension AccessDecision {
    /// - Throws: `FORBIDDEN` for a mutation, or an audit entry, of anybody but the ticket's subject; for an answer of another vendor than the
    ///   ticket's, or to another attempt.
    static func bound(
        _ request: WireLedgerRequest, to ticket: TicketGrant
    ) throws(WireFault) {
        guard case .append(let append) = request.operation else { return }
        guard append.audit.subject.isEmpty || append.audit.subject == ticket.subject,
            append.audit.subjects.isEmpty, append.audit.resourceType == "enrichment",
            append.mutations.allSatisfy({ $0.subject == ticket.subject && !$0.createsSubject })
        else { throw another }
        for entry in append.mutations.lazy.flatMap(\.entries)
        where entry.type == EnrichmentReceived.type {
            guard
                let event = try? EventCoding.decode(
                    EnrichmentReceived.self, from: entry.payload),
                event.enrichmentId == ticket.enrichment.text, event.vendor == ticket.vendor,
                event.attempt == ticket.attempt
            else { throw another }
        }
    }

    /// - Throws: `FORBIDDEN` for a value of anybody but the ticket's subject, of another field or under another label.
    static func bound(
        _ request: WireKeeperRequest, to ticket: TicketGrant
    ) throws(WireFault) {
        guard case .encrypt(let encrypt) = request.operation else { return }
        let label = ticket.label.text
        let isBound = encrypt.items.allSatisfy { item in
            item.binding.subject == ticket.subject && !item.newSubject
                && Permits.ticketFields.contains(item.binding.field)
                && item.binding.label == label
        }
        guard isBound else { throw another }
    }

    /// What the ledger found for whoever asked: on a ticket its own contact, and nobody else is there.
    ///
    /// - Parameter subject: tag of the contact found.
    /// - Throws: `NOT_FOUND`.
    public static func found(
        _ subject: Data, for principal: SecurityPrincipal?
    ) throws(WireFault) {
        guard let ticket = principal?.ticket, ticket.subject != subject else { return }
        throw WireFault(.notFound, "There is no such contact.")
    }

    /// Whether an address is one that an erased person had is for whoever brings people in, and nobody else.
    ///
    /// - Throws: `FORBIDDEN`.
    public static func suppression(_ principal: SecurityPrincipal) throws(WireFault) {
        guard Permits.asksSuppression(principal) else {
            throw WireFault(.forbidden, "none of your roles may ask who is suppressed")
        }
    }

    private static let another = WireFault(
        .forbidden, "the ticket is of another contact, or for something else")
}
