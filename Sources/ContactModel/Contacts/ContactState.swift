/// A contact at one moment, still encrypted.
public struct ContactState: Hashable, Sendable {
    /// The join of those of its entries since it was last relabelled.
    public var label: String
    /// Position of its newest entry.
    public var version: UInt64
    /// UUID that `email` and `fullName` are bound to.
    public var entity: String
    /// The label that `email` and `fullName` are bound to.
    public var boundLabel: String
    /// FORMAT 2.1 time.
    public let createdAt: String
    public var updatedAt: String
    public var email: EncryptedValue
    public var fullName: EncryptedValue?
    /// Current ones, one per type, oldest first.
    public var attributes: [AttributeRecord]
    /// Oldest first.
    public var consents: [ConsentRecord]
    /// By a request (Article 18 GDPR).
    public var isRestricted: Bool
    /// Oldest first.
    public var objections: [ObjectionRecord]

    public init(
        label: String, version: UInt64, entity: String, boundLabel: String, createdAt: String,
        updatedAt: String, email: EncryptedValue, fullName: EncryptedValue?,
        attributes: [AttributeRecord], consents: [ConsentRecord], isRestricted: Bool,
        objections: [ObjectionRecord]
    ) {
        self.label = label
        self.version = version
        self.entity = entity
        self.boundLabel = boundLabel
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.email = email
        self.fullName = fullName
        self.attributes = attributes
        self.consents = consents
        self.isRestricted = isRestricted
        self.objections = objections
    }

    init(_ event: ContactCreated, label: String, time: String, position: UInt64) {
        self.init(
            label: label, version: position, entity: event.entity, boundLabel: label,
            createdAt: time, updatedAt: time, email: event.email, fullName: event.fullName,
            attributes: [], consents: [], isRestricted: false, objections: [])
    }

    /// The newest of a type is the current one, whatever it says.
    mutating func enrich(
        _ event: AttributeEnriched, label: String, _ source: (type: String, identity: String?)?
    ) {
        attributes.removeAll { $0.type == event.attributeType }
        attributes.append(
            AttributeRecord(
                id: event.attributeId, type: event.attributeType, label: label, value: event.value,
                provenanceID: event.provenanceId, sourceType: source?.type,
                sourceIdentity: source?.identity, confidence: event.confidence,
                validFrom: event.validFrom, validUntil: event.validUntil))
    }

    /// Values sealed anew; those that the entry does not bring keep their label.
    mutating func relabel(_ event: ContactRelabelled, to label: String) {
        self.label = label
        boundLabel = label
        email = event.email
        fullName = event.fullName
        for attribute in event.attributes {
            guard let place = attributes.firstIndex(where: { $0.id == attribute.attributeId })
            else { continue }
            attributes[place].label = label
            attributes[place].value = attribute.value
        }
    }

    mutating func revoke(_ event: ConsentRevoked) {
        for place in consents.indices
        where consents[place].id == event.consentId && consents[place].revokedAt == nil {
            consents[place].revokedAt = event.revokedAt
        }
    }
}
