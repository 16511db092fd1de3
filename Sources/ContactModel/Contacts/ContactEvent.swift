public import Foundation

/// What an entry of a contact tells of it.
public enum ContactEvent: Sendable, Equatable {
    case created(ContactCreated)
    case updated(ContactUpdated)
    case relabelled(ContactRelabelled)
    case enriched(AttributeEnriched)
    case provenance(ProvenanceRecorded)
    case consentGranted(ConsentGranted)
    case consentRevoked(ConsentRevoked)
    case enrichment(EnrichmentEvent)
    case dsr(DSREvent)
    /// It changes what the contact is only in that it is newer.
    case other

    /// - Throws: ``PayloadError`` for a payload that is not one of its type.
    public init(stream: String, type: String, payload: Data) throws(PayloadError) {
        switch (stream, type) {
        case (ContactCreated.stream, ContactCreated.type):
            self = .created(try EventCoding.decode(ContactCreated.self, from: payload))
        case (ContactUpdated.stream, ContactUpdated.type):
            self = .updated(try EventCoding.decode(ContactUpdated.self, from: payload))
        case (ContactRelabelled.stream, ContactRelabelled.type):
            self = .relabelled(try EventCoding.decode(ContactRelabelled.self, from: payload))
        case (AttributeEnriched.stream, AttributeEnriched.type):
            self = .enriched(try EventCoding.decode(AttributeEnriched.self, from: payload))
        case (ProvenanceRecorded.stream, ProvenanceRecorded.type):
            self = .provenance(try EventCoding.decode(ProvenanceRecorded.self, from: payload))
        case (ConsentGranted.stream, ConsentGranted.type):
            self = .consentGranted(try EventCoding.decode(ConsentGranted.self, from: payload))
        case (ConsentRevoked.stream, ConsentRevoked.type):
            self = .consentRevoked(try EventCoding.decode(ConsentRevoked.self, from: payload))
        case (EnrichmentRequested.stream, _):
            self = try EnrichmentEvent(type: type, payload: payload).map(Self.enrichment) ?? .other
        case (DSRReceived.stream, _):
            self = try DSREvent(type: type, payload: payload).map(Self.dsr) ?? .other
        default: self = .other
        }
    }

    /// Of an entry that says who the contact is.
    public var identity: ContactCreated? {
        switch self {
        case .created(let event): event
        case .updated(let event): event.identity
        default: nil
        }
    }
}
