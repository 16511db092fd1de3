import ContactModel
import ContactServices

/// `{email, fullName?, consentType, legalBasis, purposeCodes, consents?, attributes?, label?}`.
enum ContactRequest {
    static func draft(_ reader: inout ObjectReader) throws(ServiceError) -> ContactDraft {
        let rawEmail = try reader.string("email")
        let rawName = try reader.optionalString("fullName")
        let first = try ConsentRequest.draft(&reader, takesTime: false)
        let consentReaders = try reader.objects(
            "consents", limit: ModelLimits.consentsPerRequest)
        let attributeReaders = try reader.objects(
            "attributes", limit: ModelLimits.attributesPerRequest)
        let label = try LabelField.optional(in: &reader) ?? .default
        try reader.finish()
        let person = try PersonFields.checked(email: rawEmail, fullName: rawName, in: reader)
        var consents = [first]
        for consentReader in consentReaders {
            var consentReader = consentReader
            consents.append(try ConsentRequest.draft(&consentReader))
            try consentReader.finish()
        }
        let attributes = try AttributeRequest.list(attributeReaders)
        let allConsents = consents
        return try reader.checked("") { () throws(ValidationError) in
            try ContactDraft(
                email: person.email, fullName: person.fullName, consents: allConsents,
                attributes: attributes,
                label: label)
        }
    }
}
