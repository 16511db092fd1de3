import ContactModel
import ContactServices

/// `{contactId | email, jurisdiction, channel, receivedAt?, words?, purposeCodes?}`: a data subject's request.
enum DSRRequest {
    static func read(
        _ kind: DSRKind, _ reader: inout ObjectReader
    ) throws(ServiceError) -> (FileRequestCommand.Person, RequestDraft) {
        let person = try person(&reader)
        let rawJurisdiction = try reader.string("jurisdiction")
        let rawChannel = try reader.string("channel")
        let receivedAt = try TimeField.past("receivedAt", in: &reader)
        let words = try words("words", in: &reader)
        let rawPurposes = try reader.optionalStrings(
            "purposeCodes", limit: ModelLimits.purposesPerConsent)
        try reader.finish()
        let jurisdiction = try reader.checked("jurisdiction") { () throws(ValidationError) in
            try Jurisdiction(rawJurisdiction)
        }
        let channel = try reader.checked("channel") { () throws(ValidationError) in
            try DSRChannel(rawChannel)
        }
        let purposes = try reader.checked("purposeCodes") { () throws(ValidationError) in
            try rawPurposes.map(PurposeCode.list) ?? []
        }
        let draft = try reader.checked("") { () throws(ValidationError) in
            try RequestDraft(
                kind: kind, jurisdiction: jurisdiction, channel: channel, receivedAt: receivedAt,
                words: words, purposes: purposes)
        }
        return (person, draft)
    }

    private static func person(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> FileRequestCommand.Person {
        let rawID = try reader.optionalString("contactId")
        let rawEmail = try reader.optionalString("email")
        switch (rawID, rawEmail) {
        case (let raw?, nil):
            return .contact(
                try reader.checked("contactId") { () throws(ValidationError) in
                    try EntityID(raw)
                })
        case (nil, let raw?):
            return .email(
                try reader.checked("email") { () throws(ValidationError) in
                    try EmailAddress(raw)
                })
        default:
            throw ServiceError(
                .missingField, "Name whom it is about: by contactId or by email, not both.",
                pointer: "/contactId")
        }
    }

    static func words(
        _ name: String, in reader: inout ObjectReader
    ) throws(ServiceError) -> RequestWords? {
        guard let raw = try reader.optionalString(name) else { return nil }
        return try reader.checked(name) { () throws(ValidationError) in try RequestWords(raw) }
    }
}
