import ContactModel
import ContactServices

/// `{outcome?, email?, attributes?}`: what a vendor answers; the last two exactly with values.
enum VendorAnswerRequest {
    static func read(_ reader: inout ObjectReader) throws(ServiceError) -> VendorAnswer.Content {
        let outcome = try reader.optionalString("outcome") ?? EnrichmentOutcome.results.rawValue
        switch EnrichmentOutcome(rawValue: outcome) {
        case .results: return try values(&reader)
        case .noData:
            try finish(&reader)
            return .noData
        case .error:
            try finish(&reader)
            return .error
        case .suppressed, .timedOut, nil:
            throw ServiceError(
                .invalidOutcome, "outcome is RESULTS, NO_DATA or ERROR.", pointer: "/outcome")
        }
    }

    /// Values come with nothing but results.
    private static func finish(_ reader: inout ObjectReader) throws(ServiceError) {
        for name in ["email", "attributes"] { reader.skipNull(name) }
        try reader.finish()
    }

    private static func values(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> VendorAnswer.Content {
        let rawEmail = try reader.string("email")
        let readers = try reader.objects("attributes", limit: ModelLimits.attributesPerRequest)
        try reader.finish()
        let email = try reader.checked("email") { () throws(ValidationError) in
            try EmailAddress(rawEmail)
        }
        guard (1...ModelLimits.attributesPerRequest).contains(readers.count) else {
            throw ServiceError(
                .invalidAttributes, "Give 1 to 64 attributes, or the outcome NO_DATA.",
                pointer: "/attributes")
        }
        var values: [VendorAnswer.Value] = []
        for reader in readers {
            var reader = reader
            let value = try value(&reader)
            guard !values.contains(where: { $0.type == value.type }) else {
                throw ServiceError(
                    .invalidAttributes, "Give one value of each type.",
                    pointer: reader.pointer + "/attributeType")
            }
            values.append(value)
        }
        return .values(email, values)
    }

    private static func value(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> VendorAnswer.Value {
        let rawType = try reader.string("attributeType")
        let rawValue = try reader.string("value")
        let rawConfidence = try reader.number("confidence")
        let from = try TimeField.past("validFrom", in: &reader) ?? .now()
        let until = try TimeField.optional("validUntil", in: &reader)
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
        let validity = try reader.checked("") { () throws(ValidationError) in
            try ValidityPeriod(from: from, until: until)
        }
        return VendorAnswer.Value(
            type: type, value: value, confidence: confidence, validity: validity)
    }
}
