import ContactModel
import ContactServices
import Foundation

/// `{consentType, legalBasis, purposeCodes, grantedAt?, controller?, noticeRef?, language?, jurisdiction?, collectionMethod?,
/// evidenceRef?}`.
enum ConsentRequest {
    static func draft(_ body: Data) throws(ServiceError) -> ConsentDraft {
        var reader = try ObjectReader(JSONReader.read(body))
        let draft = try draft(&reader)
        try reader.finish()
        return draft
    }

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
            consentType: type, legalBasis: basis, purposes: purposes, grantedAt: grantedAt,
            terms: try terms(&reader), evidence: try evidence(&reader))
    }

    private static func terms(_ reader: inout ObjectReader) throws(ServiceError) -> ConsentTerms {
        let controller = try reader.optionalString("controller")
        let noticeRef = try reader.optionalString("noticeRef")
        let language = try reader.optionalString("language")
        let jurisdiction = try reader.optionalString("jurisdiction")
        let collectionMethod = try reader.optionalString("collectionMethod")
        return try reader.checked("") { () throws(ValidationError) in
            try ConsentTerms(
                controller: controller, noticeRef: noticeRef, language: language,
                jurisdiction: jurisdiction, collectionMethod: collectionMethod)
        }
    }

    private static func evidence(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> EvidenceReference? {
        guard let text = try reader.optionalString("evidenceRef") else { return nil }
        return try reader.checked("evidenceRef") { () throws(ValidationError) in
            try EvidenceReference(text)
        }
    }
}
