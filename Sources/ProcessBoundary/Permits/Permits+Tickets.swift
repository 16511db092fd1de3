public import ContactModel

/// What may be done on a ticket: as closed as the tables of roles, and beside them, since a ticket has no role. What no row names is refused.
///
/// A ticket of a vendor's answer brings in what that vendor said; one without a vendor takes the enrichment further.
extension Permits {
    private struct TicketRow {
        let stream: String
        let type: String
        let isVendors: Bool
    }

    private static let ticketEntries = [
        TicketRow(stream: "contact", type: "EnrichmentReceived", isVendors: true),
        TicketRow(stream: "contact", type: "EnrichmentTimedOut", isVendors: false),
        TicketRow(stream: "contact", type: "EnrichmentMerged", isVendors: false),
        TicketRow(stream: "provenance", type: "ProvenanceRecorded", isVendors: false),
        TicketRow(stream: "contact", type: "AttributeEnriched", isVendors: false),
        TicketRow(stream: "contact", type: "ContactEnriched", isVendors: false),
        TicketRow(stream: "contact", type: "EnrichmentRolledBack", isVendors: false),
        TicketRow(stream: "contact", type: "EnrichmentInconsistent", isVendors: false),
        TicketRow(stream: "contact", type: "EnrichmentFailed", isVendors: false),
    ]

    /// Of values that a vendor's answer brings.
    public static let ticketFields: Set<String> = ["value", "attributedDataSalt"]

    public static func allows(_ operation: LedgerOperation, on ticket: TicketGrant) -> Bool {
        switch operation {
        case .append, .audit, .readContact: true
        default: false
        }
    }

    public static func allows(
        _ operation: KeeperOperation, on socket: KeeperSocket, of ticket: TicketGrant
    ) -> Bool {
        switch (socket, operation) {
        case (.gateway, .sealAddress): true
        case (.gateway, .derive), (.gateway, .encrypt): ticket.vendor != nil
        default: false
        }
    }

    /// Whether an append may contain an entry of this stream and type.
    public static func allowsEntry(stream: String, type: String, on ticket: TicketGrant) -> Bool {
        ticketEntries.contains {
            $0.stream == stream && $0.type == type && $0.isVendors == (ticket.vendor != nil)
        }
    }

    /// Whoever may bring in a person whom a vendor tells of.
    public static func asksSuppression(_ principal: SecurityPrincipal) -> Bool {
        principal.ticket.map { $0.vendor != nil } ?? principal.roles.contains(.enrichmentPlatform)
    }
}
