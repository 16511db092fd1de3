import ContactModel
import Foundation
import ProcessBoundary

/// The entries of one mutation: what to encrypt, and how the sealed values become payloads.
///
/// | mutation | entries, in order |
/// |---|---|
/// | create | `ContactCreated`, a `ConsentGranted` per consent, then as for attributes; an `EnrichmentRequested`, where the site wants one |
/// | add attributes | a `ProvenanceRecorded` per distinct source and label, an `AttributeEnriched` per attribute |
/// | grant consent | `ConsentGranted` |
/// | update | `ContactUpdated` |
/// | revoke consent | `ConsentRevoked` |
/// | record, revoke a sharing | `SharingRecorded`, `SharingRevoked` |
/// | file a request | `DSRReceived` |
/// | request an enrichment | `EnrichmentRequested` |
/// | place, release a legal hold | `LegalHoldPlaced`, `LegalHoldReleased` |
/// | work on a request | as for attributes, for a correction; what the answer does; the step |
struct MutationEntries {
    typealias SealedValues = IndexingIterator<[WireSealedValue]>

    /// An entry to be: complete, or waiting for its sealed values.
    private enum Step {
        case identity(entity: String, hasName: Bool)
        case consent(ConsentGranted, hasEvidence: Bool)
        case revocation(ConsentRevoked)
        case provenance(ProvenanceGroup, Origin)
        case attribute(AttributeDraft, id: String, provenanceID: String, label: SecurityLabel)
        case sharing(SharingDraft, id: String)
        case sharingEnd(SharingRevoked)
        case request(RequestEntry)
        case enrichment(EnrichmentRequested, label: SecurityLabel)
    }

    private struct Origin: Hashable {
        let source: ProvenanceSource
        let label: SecurityLabel
    }

    private(set) var items: [WireEncryptItem] = []
    private var steps: [Step] = []
    private let plan: MutationBatch.Plan
    private let now: Timestamp

    init(
        _ command: MutationCommand, _ plan: MutationBatch.Plan, at now: Timestamp,
        enriching enrichment: FirstEnrichment?
    ) {
        self.plan = plan
        self.now = now
        switch command.operation {
        case .createContact(let draft):
            identify(draft.email, draft.fullName)
            for consent in draft.consents { grant(consent) }
            enrich(draft.attributes)
            // For what it was given for in the first place; who opts out asks for none.
            let given = draft.consents.first { $0.consentType != .optOut }
            let label = draft.attributes.compactMap(\.label).reduce(plan.label) { $0.join($1) }
                .join(.vendorWord)
            if let enrichment, enrichment.writer.canWrite(label),
                let purpose = given?.purposes.first
            {
                steps.append(
                    .enrichment(
                        EnrichmentRequested(enrichment.draft, id: .random(), for: purpose),
                        label: label))
            }
        case .addAttributes(_, let attributes): enrich(attributes)
        case .grantConsent(_, let consent): grant(consent)
        case .updateContact(_, let change): identify(change.email, change.fullName)
        case .revokeConsent(_, let id):
            steps.append(
                .revocation(
                    ConsentRevoked(consentId: id.text, revokedAt: now.text, salt: Salt.random())))
        case .recordSharing(let id, let draft, _): share(draft, id.text)
        case .revokeSharing(let id, _):
            steps.append(.sharingEnd(SharingRevoked(salt: Salt.random(), sharingId: id.text)))
        case .fileRequest(_, let draft): file(draft)
        case .workRequest(_, let answer):
            enrich(answer.corrections)
            work(answer)
        case .requestEnrichment(_, let event):
            steps.append(.enrichment(event, label: plan.label.join(.vendorWord)))
        case .placeHold(_, let hold):
            complete(
                LegalHoldPlaced(
                    holdId: hold.id.text, reason: hold.reason, salt: Salt.random(),
                    until: hold.until?.text))
        case .releaseHold(_, let id):
            complete(LegalHoldReleased(holdId: id.text, salt: Salt.random()))
        }
    }

    /// Payloads with the sealed values, taken in the order of `items`.
    func drafts(_ values: inout SealedValues) throws(ServiceError) -> [WireEntryDraft] {
        var drafts: [WireEntryDraft] = []
        drafts.reserveCapacity(steps.count)
        for step in steps { drafts.append(try draft(step, &values)) }
        return drafts
    }

    /// Who the contact is: the keeper gives its word for id and address where both are sealed in this order.
    private mutating func identify(_ email: EmailAddress, _ fullName: PersonName?) {
        let entity = EntityID.random().text
        seal(entity, "contactId", Data(plan.contactID.bytes), plan.label)
        seal(entity, "email", Data(email.canonical.utf8), plan.label)
        if let fullName { seal(entity, "fullName", Data(fullName.text.utf8), plan.label) }
        steps.append(.identity(entity: entity, hasName: fullName != nil))
    }

    private mutating func grant(_ consent: ConsentDraft) {
        let id = EntityID.random().text
        if let evidence = consent.evidence {
            seal(id, "evidenceRef", Data(evidence.text.utf8), plan.label)
        }
        let event = ConsentGranted(
            consentId: id, consentType: consent.consentType,
            grantedAt: (consent.grantedAt ?? now).text, legalBasis: consent.legalBasis,
            purposeCodes: consent.purposes.map(\.text), salt: Salt.random(), terms: consent.terms)
        steps.append(.consent(event, hasEvidence: consent.evidence != nil))
    }

    private mutating func share(_ draft: SharingDraft, _ id: String) {
        seal(id, "recipientName", Data(draft.recipient.name.utf8), plan.label)
        steps.append(.sharing(draft, id: id))
    }

    private mutating func enrich(_ attributes: [AttributeDraft]) {
        var groups: [Origin: ProvenanceGroup] = [:]
        var order: [Origin] = []
        var members: [(draft: AttributeDraft, id: String, origin: Origin)] = []
        for draft in attributes {
            let origin = Origin(source: draft.source, label: draft.label ?? plan.label)
            let id = EntityID.random().text
            if groups[origin] == nil { order.append(origin) }
            groups[origin, default: ProvenanceGroup()].add(draft, id)
            members.append((draft, id, origin))
        }
        for origin in order {
            guard let group = groups[origin] else { continue }
            seal(group.id, "attributedDataSalt", group.dataSalt, origin.label)
            steps.append(.provenance(group, origin))
        }
        for member in members {
            guard let group = groups[member.origin] else { continue }
            let label = member.origin.label
            seal(member.id, "value", Data(member.draft.value.text.utf8), label)
            steps.append(
                .attribute(member.draft, id: member.id, provenanceID: group.id, label: label))
        }
    }

    private mutating func file(_ draft: RequestDraft) {
        let id = EntityID.random().text
        if let words = draft.words { seal(id, "words", Data(words.text.utf8), plan.label) }
        let event = DSRReceived(
            channel: draft.channel, jurisdiction: draft.jurisdiction.text, kind: draft.kind,
            purposeCodes: draft.purposes.map(\.text), receivedAt: (draft.receivedAt ?? now).text,
            requestId: id, salt: Salt.random())
        steps.append(.request(.received(event, hasWords: draft.words != nil)))
    }

    private mutating func work(_ answer: RequestAnswer) {
        if case .verifyIdentity(_, let evidence?) = answer.work {
            seal(answer.id.text, "evidenceRef", Data(evidence.text.utf8), plan.label)
        }
        steps += answer.entries(plan.label).map(Step.request)
    }

    /// Has nothing to be sealed.
    private mutating func complete(_ event: some LedgerEvent) {
        steps.append(.request(.ready(WireEntryDraft(event, plan.label))))
    }

    private func draft(
        _ step: Step, _ values: inout SealedValues
    ) throws(ServiceError) -> WireEntryDraft {
        switch step {
        case .identity(let entity, let hasName):
            let contactID = try EncryptedValue(from: values.next())
            let email = try EncryptedValue(from: values.next())
            var fullName: EncryptedValue?
            if hasName { fullName = try EncryptedValue(from: values.next()) }
            let identity = ContactCreated(
                contactId: contactID, email: email, entity: entity, fullName: fullName)
            return plan.creates
                ? WireEntryDraft(identity, plan.label)
                : WireEntryDraft(ContactUpdated(identity: identity), plan.label)
        case .consent(var event, let hasEvidence):
            if hasEvidence { event.evidenceRef = try EncryptedValue(from: values.next()) }
            return WireEntryDraft(event, plan.label)
        case .revocation(let event): return WireEntryDraft(event, plan.label)
        case .provenance(let group, let origin):
            let salt = try EncryptedValue(from: values.next())
            return WireEntryDraft(group.event(from: origin.source, salt: salt), origin.label)
        case .attribute(let attribute, let id, let provenanceID, let label):
            let value = try EncryptedValue(from: values.next())
            return WireEntryDraft(
                AttributeEnriched(
                    attributeId: id, attributeType: attribute.type.text,
                    confidence: attribute.confidence.tenThousandths, provenanceId: provenanceID,
                    validFrom: attribute.validity.from.text,
                    validUntil: attribute.validity.until?.text, value: value),
                label)
        case .sharing(let draft, let id):
            let name = try EncryptedValue(from: values.next())
            return WireEntryDraft(
                SharingRecorded(draft, id: id, recipientName: name), plan.label)
        case .sharingEnd(let event): return WireEntryDraft(event, plan.label)
        case .enrichment(let event, let label): return WireEntryDraft(event, label)
        case .request(let entry):
            return try entry.draft(plan.label) { () throws(ServiceError) in
                try EncryptedValue(from: values.next())
            }
        }
    }

    private mutating func seal(
        _ entity: String, _ field: String, _ plaintext: Data, _ label: SecurityLabel
    ) {
        var item = WireEncryptItem()
        item.binding.subject = plan.subject
        item.binding.entity = entity
        item.binding.field = field
        item.binding.label = label.text
        item.plaintext = plaintext
        item.newSubject = plan.isNew
        items.append(item)
    }
}
