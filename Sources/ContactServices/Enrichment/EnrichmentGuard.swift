import ContactModel
import ProcessBoundary

/// What a contact, as it stands now, lets vendors' values become of it.
enum EnrichmentGuard {
    /// Nil: nothing stands against it.
    static func reason(
        against purpose: PurposeCode, _ row: WireContactRow
    ) throws(ServiceError) -> EnrichmentReason? {
        if row.restricted { return .restricted }
        if row.objections.contains(where: { $0.purposeCodes.isEmpty }) { return .objected }
        do throws(ServiceError) {
            try PurposeGuard.check([purpose], of: row)
            return nil
        } catch {
            guard error.code == .purposeNotCovered else { throw error }
            return .notCovered
        }
    }

    /// - Throws: `processing-restricted`, `objected`, `purpose-not-covered`
    static func check(
        _ purposes: [PurposeCode], _ row: WireContactRow
    ) throws(ServiceError) {
        for purpose in purposes {
            switch try reason(against: purpose, row) {
            case nil: continue
            case .restricted: throw .processingRestricted
            case .objected:
                throw ServiceError(
                    .objected,
                    "The person objects to automated merging (Article 22 GDPR); nothing is asked about them."
                )
            default:
                throw ServiceError(
                    .purposeNotCovered,
                    "No consent or other legal basis of this contact covers the purpose stated.")
            }
        }
    }

    /// A contact's current values as the rule of merging sees them.
    static func contestants(
        _ row: WireContactRow, vendors: [String]
    ) -> [EnrichmentMerge.Contestant] {
        row.attributes.map { attribute in
            EnrichmentMerge.Contestant(
                id: attribute.id, type: attribute.attributeType,
                confidence: Int(attribute.confidence), validFrom: attribute.validFrom,
                sourceRank: EnrichmentMerge.sourceRank(
                    SourceType(rawValue: attribute.sourceType),
                    attribute.sourceIdentity.isEmpty ? nil : attribute.sourceIdentity,
                    vendors: vendors))
        }
    }
}
