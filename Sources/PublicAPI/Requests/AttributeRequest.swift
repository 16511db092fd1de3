import ContactModel
import ContactServices

/// `{attributeType, value, confidence, sourceType, sourceIdentity?, validFrom?, validUntil?, label?}`.
enum AttributeRequest {
    static func draft(_ reader: inout ObjectReader) throws(ServiceError) -> AttributeDraft {
        let rawType = try reader.string("attributeType")
        let rawValue = try reader.string("value")
        let rawConfidence = try reader.number("confidence")
        let rawSource = try reader.string("sourceType")
        let identity = try reader.optionalString("sourceIdentity")
        let from = try TimeField.optional("validFrom", in: &reader) ?? .now()
        let until = try TimeField.optional("validUntil", in: &reader)
        let label = try LabelField.optional(in: &reader)
        try reader.finish()
        let type = try reader.checked("attributeType") { () throws(ValidationError) in
            try AttributeType(rawType)
        }
        let value = try reader.checked("value") { () throws(ValidationError) in
            try AttributeValue(rawValue)
        }
        let confidence = try reader.checked("confidence") { () throws(ValidationError) in
            try Confidence(rawConfidence)
        }
        let source = try reader.checked("") { () throws(ValidationError) in
            try ProvenanceSource(type: rawSource, identity: identity)
        }
        let validity = try reader.checked("") { () throws(ValidationError) in
            try ValidityPeriod(from: from, until: until)
        }
        return AttributeDraft(
            type: type, value: value, confidence: confidence, source: source, validity: validity,
            label: label)
    }

    static func list(_ readers: [ObjectReader]) throws(ServiceError) -> [AttributeDraft] {
        var drafts: [AttributeDraft] = []
        for reader in readers {
            var reader = reader
            drafts.append(try draft(&reader))
        }
        return drafts
    }
}
