import ContactModel
import ContactServices

/// `{consentType, legalBasis, purposeCodes, grantedAt?}`.
enum ConsentRequest {
    /// - Parameter takesTime: whether `grantedAt` may be given here.
    static func draft(
        _ reader: inout ObjectReader, takesTime: Bool = true
    ) throws(ServiceError) -> ConsentDraft {
        let rawType = try reader.string("consentType")
        let rawBasis = try reader.string("legalBasis")
        let rawPurposes = try reader.strings(
            "purposeCodes", limit: ModelLimits.purposesPerConsent)
        let type = try reader.checked("consentType") { () throws(ValidationError) in
            try ConsentType(rawType)
        }
        let basis = try reader.checked("legalBasis") { () throws(ValidationError) in
            try LegalBasis(rawBasis)
        }
        let purposes = try reader.checked("purposeCodes") { () throws(ValidationError) in
            try PurposeCode.list(rawPurposes)
        }
        var grantedAt: Timestamp?
        if takesTime { grantedAt = try TimeField.past("grantedAt", in: &reader) }
        return ConsentDraft(
            consentType: type, legalBasis: basis, purposes: purposes, grantedAt: grantedAt)
    }
}
