public import ContactModel
public import ProcessBoundary

/// The permit tables applied to a caller: the one place that turns "not in the table" into a refusal.
public enum AccessDecision {
    /// - Parameter principal: of a verified credential; nil when none was sent.
    /// - Throws: `UNAUTHENTICATED` without a principal where one is needed, `FORBIDDEN` for one whose roles do not permit it.
    public static func ledger(
        _ operation: LedgerOperation, _ principal: SecurityPrincipal?
    ) throws(WireFault) -> Authorized<LedgerOperation> {
        let isAllowed =
            if let ticket = principal?.ticket {
                Permits.allows(operation, on: ticket)
            } else {
                Permits.allows(operation, roles: principal?.roles)
            }
        guard isAllowed else { throw refusal(operation.rawValue, principal) }
        return Authorized(operation, principal)
    }

    public static func keeper(
        _ operation: KeeperOperation, on socket: KeeperSocket, _ principal: SecurityPrincipal?
    ) throws(WireFault) -> Authorized<KeeperOperation> {
        guard Permits.requirement(of: operation, on: socket) != nil else {
            throw WireFault(.forbidden, "\(operation.rawValue) is not served on \(socket.rawValue)")
        }
        let isAllowed =
            if let ticket = principal?.ticket {
                Permits.allows(operation, on: socket, of: ticket)
            } else {
                Permits.allows(operation, on: socket, roles: principal?.roles)
            }
        guard isAllowed else { throw refusal(operation.rawValue, principal) }
        if operation == .relabel { try requireBinding(of: principal) }
        return Authorized(operation, principal)
    }

    /// Refuses the first entry that the principal's roles may not append, or whose label is outside its clearance.
    public static func entries(
        _ entries: some Sequence<WireEntryDraft>, _ principal: SecurityPrincipal
    ) throws(WireFault) {
        for entry in entries where !allows(entry, principal) {
            throw WireFault(
                .forbidden,
                "none of your roles may append this type of entry to this stream")
        }
        if entries.contains(where: {
            $0.type == ContactRelabelled.type || $0.type == LegalHoldReleased.type
        }) {
            try requireBinding(of: principal)
        }
        try creation(of: entries.lazy.map(\.label), by: principal)
    }

    private static func allows(_ entry: WireEntryDraft, _ principal: SecurityPrincipal) -> Bool {
        if let ticket = principal.ticket {
            Permits.allowsEntry(stream: entry.stream, type: entry.type, on: ticket)
        } else {
            Permits.allowsEntry(stream: entry.stream, type: entry.type, roles: principal.roles)
        }
    }

    /// Mandatory access control: refuses to make anything whose label is outside the caller's clearance.
    public static func creation(
        of labels: some Sequence<String>, by principal: SecurityPrincipal?
    ) throws(WireFault) {
        guard reaches(labels, principal, { $0.canWrite($1) }) else {
            throw WireFault(.forbidden, "your clearance does not reach the label of an entry")
        }
    }

    /// Mandatory access control: refuses to disclose values unless the caller's clearance dominates the label of each.
    /// Bound labels are part of what is authenticated, so that nobody between can state lower ones.
    ///
    /// - Throws: `NOT_FOUND`: what a caller may not see is not there for it.
    public static func disclosure(
        of labels: some Sequence<String>, to principal: SecurityPrincipal?
    ) throws(WireFault) {
        guard reaches(labels, principal, { $0.canRead($1) }) else {
            throw WireFault(.notFound, "no such value for this clearance")
        }
    }

    /// Whether a rule holds for each label. A text that is no label is beyond everybody, and so is any label for nobody.
    private static func reaches(
        _ labels: some Sequence<String>, _ principal: SecurityPrincipal?,
        _ rule: (Clearance, SecurityLabel) -> Bool
    ) -> Bool {
        // The values of one call mostly bear the same one.
        var last: String?
        for text in labels where text != last {
            guard let principal, let label = try? SecurityLabel(text),
                rule(principal.clearance, label)
            else { return false }
            last = text
        }
        return true
    }

    /// The same for whoever wants somebody forgotten: secrecy counts, trust does not.
    ///
    /// - Throws: `NOT_FOUND`.
    public static func erasure(
        of label: String, by principal: SecurityPrincipal
    ) throws(WireFault) {
        guard let label = try? SecurityLabel(label), principal.clearance.canErase(label) else {
            throw WireFault(.notFound, "no such contact for this clearance")
        }
    }

    /// Mandatory access control of a trusted subject: refuses to seal values anew under a label that it is not trusted with, or from
    /// one, or to lose any of their secrecy. Their integrity may also become that of their contact, which is what counts for readers.
    ///
    /// - Throws: `NOT_FOUND` for a value that the caller may not read, `FORBIDDEN`.
    public static func relabelling(
        of labels: some Sequence<String>, to label: String, by principal: SecurityPrincipal?
    ) throws(WireFault) {
        guard let new = try? SecurityLabel(label) else {
            throw WireFault(.invalid, "the new label is none")
        }
        try disclosure(of: labels, to: principal)
        guard
            reaches(
                labels, principal,
                { $0.canRelabel(from: $1, to: new) && new.isAtLeastAsSecret(as: $1) })
        else {
            throw WireFault(
                .forbidden,
                "your clearance does not reach both labels, or the new one is less secret")
        }
    }

    /// What a stolen token without its certificate's key must not do.
    private static func requireBinding(of principal: SecurityPrincipal?) throws(WireFault) {
        guard principal?.certificateThumbprint != nil else {
            throw WireFault(
                .forbidden, "this needs a token that is bound to a client certificate")
        }
    }

    private static func refusal(_ operation: String, _ principal: SecurityPrincipal?) -> WireFault {
        if principal == nil {
            return WireFault(
                .unauthenticated, "\(operation) needs a credential; send a bearer token")
        }
        let authority = principal?.ticket == nil ? "none of your roles" : "no ticket of this kind"
        return WireFault(.forbidden, "\(authority) permits \(operation)")
    }
}
