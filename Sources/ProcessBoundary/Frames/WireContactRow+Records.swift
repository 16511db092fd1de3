public import ContactModel

// Of a contact's row; as it stands today, or as it stood once.

extension WireBoundValue {
    public init(_ value: EncryptedValue, _ entity: String, _ field: String, _ label: String) {
        self.init()
        self.value = WireSealedValue(value)
        self.entity = entity
        self.field = field
        self.label = label
    }
}

extension WireAttributeRow {
    public init(_ record: AttributeRecord) {
        self.init()
        id = record.id
        attributeType = record.type
        value = WireBoundValue(record.value, record.id, "value", record.label)
        provenanceID = record.provenanceID
        sourceType = record.sourceType ?? ""
        sourceIdentity = record.sourceIdentity ?? ""
        confidence = UInt32(clamping: record.confidence)
        validFrom = record.validFrom
        validUntil = record.validUntil ?? ""
    }
}

extension WireConsentRow {
    public init(_ record: ConsentRecord) {
        self.init()
        id = record.id
        consentType = record.consentType
        legalBasis = record.legalBasis
        purposeCodes = record.purposeCodes
        grantedAt = record.grantedAt
        revokedAt = record.revokedAt ?? ""
        controller = record.terms.controller ?? ""
        noticeRef = record.terms.noticeRef ?? ""
        language = record.terms.language ?? ""
        jurisdiction = record.terms.jurisdiction ?? ""
        collectionMethod = record.terms.collectionMethod?.rawValue ?? ""
        if let evidence = record.evidence {
            self.evidence = WireBoundValue(evidence, record.id, "evidenceRef", record.label)
        }
    }
}

extension WireObjectionRow {
    public init(_ record: ObjectionRecord) {
        self.init()
        purposeCodes = record.purposeCodes
        objectedAt = record.objectedAt
    }
}
