/// What leads an enrichment on: one mutation each, but that provenance is recorded of every source in one.
public enum EnrichmentStep: Sendable, Equatable {
    case received(EnrichmentReceived)
    case timedOut(EnrichmentTimedOut)
    case merged(EnrichmentMerged)
    case provenanceRecorded(ProvenanceRecorded)
    case enriched([AttributeEnriched], ContactEnriched)
    case failed(EnrichmentReason)
    case rolledBack(EnrichmentReason)
    case inconsistent(EnrichmentReason)
}

/// Why a step of an enrichment is none from where it stands.
public enum EnrichmentRefusal: Error, Hashable, Sendable {
    case notFrom(EnrichmentState)
    /// The vendor still has time.
    case notYet
    case unknownVendor
    /// It was answered, or another one was begun.
    case attemptIsOver
    /// They are not those of the rule.
    case otherDecisions
    /// They are not those received, or not as they must be.
    case otherValues
    /// What was decided does not hold any more.
    case contactChanged

    /// For a person; names no one.
    public var message: String {
        switch self {
        case .notFrom(let state):
            "The enrichment is \(state.rawValue), from where this step does not lead on; read it again."
        case .notYet: "The vendor still has time to answer."
        case .unknownVendor: "The enrichment does not ask this vendor."
        case .attemptIsOver: "This attempt is over: it was answered, or took too long."
        case .otherDecisions:
            "The decisions are not those of the merge rule; read the contact again."
        case .otherValues: "The values are not those of the enrichment."
        case .contactChanged: "The contact has changed since the merge was decided."
        }
    }
}
