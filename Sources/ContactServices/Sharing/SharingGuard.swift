import ContactModel
import ProcessBoundary

/// What a contact, as it stands now, lets be shared.
enum SharingGuard {
    /// - Throws: `purpose-not-covered`, `invalid-attributes`; `internal-error` for a row that is not what the ledger writes.
    static func check(
        _ draft: SharingDraft, _ purposes: [PurposeCode], of row: WireContactRow
    ) throws(ServiceError) {
        try PurposeGuard.check(purposes, of: row)
        guard draft.isCovered(by: try grounds(of: row)) else {
            throw ServiceError(
                .purposeNotCovered,
                "Nothing of the legal basis named covers this purpose for the contact now: record the consent, or the other basis, first.",
                pointer: "/purpose")
        }
        // Nor does a basis pass over what was objected to.
        try PurposeGuard.check([draft.purpose], of: row)
        do throws(ValidationError) {
            try draft.check(against: try held(row))
        } catch {
            throw ServiceError(error)
        }
    }

    private static func grounds(
        of row: WireContactRow
    ) throws(ServiceError) -> [LegalGround] {
        var grounds: [LegalGround] = []
        for consent in row.consents {
            guard let type = ConsentType(rawValue: consent.consentType),
                let basis = LegalBasis(rawValue: consent.legalBasis)
            else { throw .unexpectedReply(.ledger) }
            grounds.append(
                LegalGround(
                    legalBasis: basis,
                    statement: PurposeStatement(
                        consentType: type, purposes: consent.purposeCodes,
                        grantedAt: consent.grantedAt, isRevoked: !consent.revokedAt.isEmpty)))
        }
        return grounds
    }

    private static func held(
        _ row: WireContactRow
    ) throws(ValidationError) -> Set<SharedAttribute> {
        var held: Set<SharedAttribute> = [.email]
        if row.hasFullName { held.insert(.fullName) }
        for attribute in row.attributes {
            held.insert(SharedAttribute(try AttributeType(attribute.attributeType)))
        }
        return held
    }
}
