import ContactModel
import ContactServices
import Foundation

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

    /// `{attributes: [1 to 64]}`
    static func list(in body: Data) throws(ServiceError) -> [AttributeDraft] {
        var reader = try ObjectReader(JSONReader.read(body))
        return try list(&reader, at: "/attributes")
    }

    /// - Parameter pointer: where they stand in what was sent.
    static func list(
        _ reader: inout ObjectReader, at pointer: String
    ) throws(ServiceError) -> [AttributeDraft] {
        let drafts = try list(
            try reader.objects("attributes", limit: ModelLimits.attributesPerRequest))
        try reader.finish()
        guard (1...ModelLimits.attributesPerRequest).contains(drafts.count) else {
            throw ServiceError(.invalidAttributes, "Give 1 to 64 attributes.", pointer: pointer)
        }
        return drafts
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
