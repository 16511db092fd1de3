public import ContactModel
public import Foundation
public import LedgerFormat

/// A payload as far as projections look into it.
public enum ProjectedEvent: Sendable, Equatable {
    case contactCreated(ContactCreated)
    case attributeEnriched(AttributeEnriched)
    case contactUpdated(ContactUpdated)
    case contactRelabelled(ContactRelabelled)
    case consentGranted(ConsentGranted)
    case consentRevoked(ConsentRevoked)
    case provenanceRecorded(ProvenanceRecorded)
    case audited(AuditEvent)
    case segmentSealed(SegmentSealed)
    case keyActivated(KeyActivated)
    case keyRetired(KeyRetired)
    case erasureOrdered
    case subjectErased(SubjectErased)
    case policySetActivated(PolicySetActivated)
    case sharingRecorded(SharingRecorded)
    case sharingRevoked(SharingRevoked)
    /// Of a data subject's request, or what follows from one.
    case dsr(DSREvent)
    case enrichment(EnrichmentEvent)
    /// Keeps a contact from being erased, or does so no more.
    case legalHold(LegalHoldEvent)
    /// Moves subject heads and tiles only.
    case other

    /// Reads the payload of a known (stream, type); anything else is `other`.
    ///
    /// - Throws: `ProjectionError.unreadablePayload`
    public init(
        stream: EntryStream, type: String, payload: Data
    ) throws(ProjectionError) {
        do {
            self = try Self.read(stream: stream, type: type, payload: payload)
        } catch {
            throw ProjectionError(
                .unreadablePayload,
                "The payload does not read as a \(type) of stream \(stream.rawValue) (FORMAT 9).")
        }
    }

    /// Of an entry that says who a contact is.
    public var identity: ContactCreated? {
        switch self {
        case .contactCreated(let event): event
        case .contactUpdated(let event): event.identity
        default: nil
        }
    }

    private static func read(
        stream: EntryStream, type: String, payload: Data
    ) throws -> ProjectedEvent {
        switch (stream.rawValue, type) {
        case (ContactCreated.stream, ContactCreated.type):
            .contactCreated(try EventCoding.decode(ContactCreated.self, from: payload))
        case (AttributeEnriched.stream, AttributeEnriched.type):
            .attributeEnriched(try EventCoding.decode(AttributeEnriched.self, from: payload))
        case (ContactUpdated.stream, ContactUpdated.type):
            .contactUpdated(try EventCoding.decode(ContactUpdated.self, from: payload))
        case (ContactRelabelled.stream, ContactRelabelled.type):
            .contactRelabelled(try EventCoding.decode(ContactRelabelled.self, from: payload))
        case (ConsentGranted.stream, ConsentGranted.type):
            .consentGranted(try EventCoding.decode(ConsentGranted.self, from: payload))
        case (ConsentRevoked.stream, ConsentRevoked.type):
            .consentRevoked(try EventCoding.decode(ConsentRevoked.self, from: payload))
        case (ProvenanceRecorded.stream, ProvenanceRecorded.type):
            .provenanceRecorded(try EventCoding.decode(ProvenanceRecorded.self, from: payload))
        case (AuditEvent.stream, AuditEvent.type):
            .audited(try EventCoding.decode(AuditEvent.self, from: payload))
        case (SegmentSealed.stream, SegmentSealed.type):
            .segmentSealed(try EventCoding.decode(SegmentSealed.self, from: payload))
        case (KeyActivated.stream, KeyActivated.type):
            .keyActivated(try EventCoding.decode(KeyActivated.self, from: payload))
        case (KeyRetired.stream, KeyRetired.type):
            .keyRetired(try EventCoding.decode(KeyRetired.self, from: payload))
        case (ErasureOrdered.stream, ErasureOrdered.type):
            try orderedErasure(payload)
        case (SubjectErased.stream, SubjectErased.type):
            .subjectErased(try EventCoding.decode(SubjectErased.self, from: payload))
        case (PolicySetActivated.stream, PolicySetActivated.type):
            .policySetActivated(try EventCoding.decode(PolicySetActivated.self, from: payload))
        case (SharingRecorded.stream, SharingRecorded.type):
            .sharingRecorded(try EventCoding.decode(SharingRecorded.self, from: payload))
        case (SharingRevoked.stream, SharingRevoked.type):
            .sharingRevoked(try EventCoding.decode(SharingRevoked.self, from: payload))
        case (LegalHoldPlaced.stream, LegalHoldPlaced.type):
            .legalHold(.placed(try EventCoding.decode(LegalHoldPlaced.self, from: payload)))
        case (LegalHoldReleased.stream, LegalHoldReleased.type):
            .legalHold(.released(try EventCoding.decode(LegalHoldReleased.self, from: payload)))
        case (DSRReceived.stream, _):
            try DSREvent(type: type, payload: payload).map(ProjectedEvent.dsr) ?? .other
        case (EnrichmentRequested.stream, _):
            try EnrichmentEvent(type: type, payload: payload).map(ProjectedEvent.enrichment)
                ?? .other
        default: .other
        }
    }

    private static func orderedErasure(_ payload: Data) throws -> ProjectedEvent {
        _ = try EventCoding.decode(ErasureOrdered.self, from: payload)
        return .erasureOrdered
    }
}
