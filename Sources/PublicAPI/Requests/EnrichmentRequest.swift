import ContactModel
import ContactServices

/// `{vendors, attributeTypes?, attempts?, timeout?}`: who is to be asked about a contact.
enum EnrichmentRequest {
    static func draft(_ reader: inout ObjectReader) throws(ServiceError) -> EnrichmentDraft {
        let vendors = try reader.strings("vendors", limit: ModelLimits.enrichmentVendors)
        let types = try reader.optionalStrings(
            "attributeTypes", limit: ModelLimits.attributesPerRequest)
        let attempts = try reader.optionalInteger("attempts")
        let timeout = try reader.optionalInteger("timeout")
        try reader.finish()
        guard types?.isEmpty != true else {
            throw ServiceError(
                .invalidAttributeType, "Ask for one type at least, or leave them out.",
                pointer: "/attributeTypes")
        }
        return try reader.checked("") { () throws(ValidationError) in
            try EnrichmentDraft(
                vendors: vendors, attributeTypes: types ?? [],
                attempts: attempts ?? EnrichmentDraft.defaultAttempts,
                timeout: timeout ?? EnrichmentDraft.defaultTimeout)
        }
    }
}
