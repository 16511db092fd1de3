public import Foundation

/// What an entry of stream `contact` says of an enrichment.
public enum EnrichmentEvent: Sendable, Equatable {
    case requested(EnrichmentRequested)
    case received(EnrichmentReceived)
    case timedOut(EnrichmentTimedOut)
    case merged(EnrichmentMerged)
    case enriched(ContactEnriched)
    case failed(EnrichmentFailed)
    case rolledBack(EnrichmentRolledBack)
    case inconsistent(EnrichmentInconsistent)

    /// Nil: another type.
    ///
    /// - Throws: ``PayloadError``
    public init?(type: String, payload: Data) throws(PayloadError) {
        switch type {
        case EnrichmentRequested.type:
            self = .requested(try EventCoding.decode(EnrichmentRequested.self, from: payload))
        case EnrichmentReceived.type:
            self = .received(try EventCoding.decode(EnrichmentReceived.self, from: payload))
        case EnrichmentTimedOut.type:
            self = .timedOut(try EventCoding.decode(EnrichmentTimedOut.self, from: payload))
        case EnrichmentMerged.type:
            self = .merged(try EventCoding.decode(EnrichmentMerged.self, from: payload))
        case ContactEnriched.type:
            self = .enriched(try EventCoding.decode(ContactEnriched.self, from: payload))
        case EnrichmentFailed.type:
            self = .failed(try EventCoding.decode(EnrichmentFailed.self, from: payload))
        case EnrichmentRolledBack.type:
            self = .rolledBack(try EventCoding.decode(EnrichmentRolledBack.self, from: payload))
        case EnrichmentInconsistent.type:
            self = .inconsistent(
                try EventCoding.decode(EnrichmentInconsistent.self, from: payload))
        default: return nil
        }
    }

    public var enrichmentID: String {
        switch self {
        case .requested(let event): event.enrichmentId
        case .received(let event): event.enrichmentId
        case .timedOut(let event): event.enrichmentId
        case .merged(let event): event.enrichmentId
        case .enriched(let event): event.enrichmentId
        case .failed(let event): event.enrichmentId
        case .rolledBack(let event): event.enrichmentId
        case .inconsistent(let event): event.enrichmentId
        }
    }

    /// Whether it brings something new of the person, or asks for it: not so of what says only where an enrichment stands.
    public var addsToContact: Bool {
        switch self {
        case .requested, .received, .merged, .enriched: true
        case .timedOut, .failed, .rolledBack, .inconsistent: false
        }
    }
}

extension EnrichmentStep {
    /// Nil: the event begins an enrichment.
    ///
    /// - Parameter attributes: that stand beside a `ContactEnriched`.
    public init?(_ event: EnrichmentEvent, _ attributes: [AttributeEnriched]) {
        switch event {
        case .requested: return nil
        case .received(let event): self = .received(event)
        case .timedOut(let event): self = .timedOut(event)
        case .merged(let event): self = .merged(event)
        case .enriched(let event): self = .enriched(attributes, event)
        case .failed(let event): self = .failed(event.reason)
        case .rolledBack(let event): self = .rolledBack(event.reason)
        case .inconsistent(let event): self = .inconsistent(event.reason)
        }
    }
}
