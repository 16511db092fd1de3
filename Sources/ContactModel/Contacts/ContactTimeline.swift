/// A contact as its entries make it, one after the other: what the ledger's projections hold of it, made again from the entries alone,
/// as far as wanted.
public struct ContactTimeline: Sendable {
    /// Behind the entries so far; nil before the first.
    public private(set) var state: ContactState?
    /// Of provenance entries, by their ids.
    private var sources: [String: (type: String, identity: String?)] = [:]
    /// Ids of the requests that restrict the contact.
    private var restrictions: Set<String> = []

    public init() {}

    /// - Parameters:
    ///   - label: of the entry's header.
    ///   - time: of its header (FORMAT 2.1).
    ///   - position: counts on over generations.
    public mutating func apply(
        _ event: ContactEvent, label: String, time: String, position: UInt64
    ) {
        if case .created(let event) = event {
            state = ContactState(event, label: label, time: time, position: position)
            return
        }
        guard var state else { return }
        state.version = position
        state.updatedAt = time
        if case .relabelled(let event) = event {
            state.relabel(event, to: label)
        } else {
            // A longer label than a header takes cannot be: the ledger refuses it.
            state.label = LabelText.join(state.label, [label]) ?? state.label
        }
        switch event {
        case .updated(let event):
            state.entity = event.identity.entity
            state.boundLabel = label
            state.email = event.identity.email
            state.fullName = event.identity.fullName
        case .enriched(let event): state.enrich(event, label: label, sources[event.provenanceId])
        case .provenance(let event):
            sources[event.provenanceId] = (event.sourceType.rawValue, event.sourceIdentity)
        case .consentGranted(let event):
            state.consents.append(ConsentRecord(event, label: label))
        case .consentRevoked(let event): state.revoke(event)
        case .dsr(.restricted(let event)): restrictions.insert(event.requestId)
        case .dsr(.restrictionLifted(let event)): restrictions.remove(event.requestId)
        case .dsr(.objected(let event)):
            state.objections.append(
                ObjectionRecord(
                    purposeCodes: event.purposeCodes, objectedAt: event.objectedAt))
        case .created, .relabelled, .dsr, .enrichment, .other: break
        }
        state.isRestricted = !restrictions.isEmpty
        self.state = state
    }
}
