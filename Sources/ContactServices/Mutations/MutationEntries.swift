import ContactModel
import Foundation
import ProcessBoundary

/// The entries of one mutation: what to encrypt, and how the sealed values become payloads.
///
/// | mutation | entries, in order |
/// |---|---|
/// | create | `ContactCreated`, a `ConsentGranted` per consent, then as for attributes |
/// | add attributes | a `ProvenanceRecorded` per distinct source, an `AttributeEnriched` per attribute |
/// | grant consent | `ConsentGranted` |
struct MutationEntries {
    typealias SealedValues = IndexingIterator<[WireSealedValue]>

    /// An entry to be: complete, or waiting for its sealed values.
    private enum Step {
        case created(entity: String, hasName: Bool)
        case consent(ConsentGranted)
        case provenance(ProvenanceRecorded)
        case attribute(AttributeDraft, id: String, provenanceID: String)
    }

    private(set) var items: [WireEncryptItem] = []
    private var steps: [Step] = []
    private let plan: MutationBatch.Plan
    private let now: Timestamp

    init(_ command: MutationCommand, _ plan: MutationBatch.Plan, at now: Timestamp) {
        self.plan = plan
        self.now = now
        switch command.operation {
        case .createContact(let draft):
            create(draft)
            for consent in draft.consents { grant(consent) }
            enrich(draft.attributes)
        case .addAttributes(_, let attributes): enrich(attributes)
        case .grantConsent(_, let consent): grant(consent)
        }
    }

    /// Payloads with the sealed values, taken in the order of `items`.
    func drafts(_ values: inout SealedValues) throws(ServiceError) -> [WireEntryDraft] {
        var drafts: [WireEntryDraft] = []
        drafts.reserveCapacity(steps.count)
        for step in steps { drafts.append(try Self.draft(step, &values)) }
        return drafts
    }

    private mutating func create(_ draft: ContactDraft) {
        let entity = EntityID.random().text
        seal(entity, "contactId", Data(plan.contactID.bytes))
        seal(entity, "email", Data(draft.email.canonical.utf8))
        if let name = draft.fullName { seal(entity, "fullName", Data(name.text.utf8)) }
        steps.append(.created(entity: entity, hasName: draft.fullName != nil))
    }

    private mutating func grant(_ consent: ConsentDraft) {
        steps.append(
            .consent(
                ConsentGranted(
                    consentId: EntityID.random().text, consentType: consent.consentType,
                    grantedAt: (consent.grantedAt ?? now).text, legalBasis: consent.legalBasis,
                    purposeCodes: consent.purposes.map(\.text), salt: Salt.random())))
    }

    private mutating func enrich(_ attributes: [AttributeDraft]) {
        var records: [ProvenanceSource: ProvenanceRecorded] = [:]
        var order: [ProvenanceSource] = []
        var enrichments: [Step] = []
        for attribute in attributes {
            let attributeID = EntityID.random().text
            var record =
                records[attribute.source]
                ?? ProvenanceRecorded(
                    attributes: [], provenanceId: EntityID.random().text, salt: Salt.random(),
                    sourceIdentity: attribute.source.identity, sourceType: attribute.source.type)
            if record.attributes.isEmpty { order.append(attribute.source) }
            record.attributes.append(attributeID)
            records[attribute.source] = record
            seal(attributeID, "value", Data(attribute.value.text.utf8))
            enrichments.append(
                .attribute(attribute, id: attributeID, provenanceID: record.provenanceId))
        }
        steps += order.compactMap { records[$0].map(Step.provenance) }
        steps += enrichments
    }

    private static func draft(
        _ step: Step, _ values: inout SealedValues
    ) throws(ServiceError) -> WireEntryDraft {
        switch step {
        case .created(let entity, let hasName):
            let contactID = try next(&values)
            let email = try next(&values)
            var fullName: EncryptedValue?
            if hasName { fullName = try next(&values) }
            return draft(
                ContactCreated(
                    contactId: contactID, email: email, entity: entity, fullName: fullName))
        case .consent(let event): return draft(event)
        case .provenance(let event): return draft(event)
        case .attribute(let attribute, let id, let provenanceID):
            let value = try next(&values)
            return draft(
                AttributeEnriched(
                    attributeId: id, attributeType: attribute.type.text,
                    confidence: attribute.confidence.tenThousandths, provenanceId: provenanceID,
                    validFrom: attribute.validity.from.text,
                    validUntil: attribute.validity.until?.text, value: value))
        }
    }

    private mutating func seal(_ entity: String, _ field: String, _ plaintext: Data) {
        var item = WireEncryptItem()
        item.binding.subject = plan.subject
        item.binding.entity = entity
        item.binding.field = field
        item.binding.label = SecurityLabel.default.text
        item.plaintext = plaintext
        item.newSubject = plan.isNew
        items.append(item)
    }

    private static func next(_ values: inout SealedValues) throws(ServiceError) -> EncryptedValue {
        guard let sealed = values.next(),
            let value = EncryptedValue(
                algorithm: sealed.algorithm, authTag: sealed.authTag,
                ciphertext: sealed.ciphertext, iv: sealed.iv, keyId: sealed.keyID)
        else { throw .unexpectedReply(.keeper) }
        return value
    }

    private static func draft<Event: LedgerEvent>(_ event: Event) -> WireEntryDraft {
        var draft = WireEntryDraft()
        draft.stream = Event.stream
        draft.type = Event.type
        draft.label = SecurityLabel.default.text
        draft.payload = EventCoding.encode(event)
        return draft
    }
}
