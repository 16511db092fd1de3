public import ContactModel
import ProcessBoundary

/// A contact is created, enriched and disclosed for a purpose that the data subject, or another legal basis, covers. Bulk lines that
/// add attributes need a purpose, too, but it is not compared with the contact's consents: their write path does not have them.
public enum PurposeGuard {
    /// A new contact is judged by the statements that come with it.
    ///
    /// - Throws: `purpose-not-covered`
    public static func check(
        _ purposes: [PurposeCode], of draft: ContactDraft
    ) throws(ServiceError) {
        let now = Timestamp.now()
        let statements = draft.consents.map { consent in
            PurposeStatement(
                consentType: consent.consentType, purposes: consent.purposes.map(\.text),
                grantedAt: (consent.grantedAt ?? now).text)
        }
        guard purposes.allSatisfy(statements.cover) else {
            throw ServiceError(
                .purposeNotCovered,
                "None of the consents and legal bases sent along covers the purpose stated; send one that does, "
                    + "or state the purpose it was given for.")
        }
    }

    /// What a contact whose processing is restricted is still read for (Article 18(2) GDPR).
    private static let exempt: Set<String> = ["storage", "legal_claims"]

    /// Whoever answers to data subjects reads a restricted contact, too: else its restriction could not be looked after. Nobody passes it on.
    ///
    /// - Parameter isRead: else the contact is used.
    /// - Throws: `processing-restricted`
    static func checkRestriction(
        of row: WireContactRow, _ authorized: Authorized, isRead: Bool = true
    ) throws(ServiceError) {
        guard row.restricted, !isRead || !authorized.request.principal.roles.contains(.dpo),
            !isRead || authorized.purposes.isEmpty
                || !authorized.purposes.allSatisfy({ exempt.contains($0.text) })
        else { return }
        throw .processingRestricted
    }

    /// - Throws: `purpose-not-covered`; `internal-error` for a row that is not what the ledger writes.
    static func check(
        _ purposes: [PurposeCode], of row: WireContactRow
    ) throws(ServiceError) {
        var statements: [PurposeStatement] = []
        for consent in row.consents {
            guard let type = ConsentType(rawValue: consent.consentType) else {
                throw .unexpectedReply(.ledger)
            }
            statements.append(
                PurposeStatement(
                    consentType: type, purposes: consent.purposeCodes,
                    grantedAt: consent.grantedAt, isRevoked: !consent.revokedAt.isEmpty,
                    isConsent: consent.legalBasis == LegalBasis.consent.rawValue))
        }
        statements += row.objections.map { objection in
            PurposeStatement(objectionTo: objection.purposeCodes, at: objection.objectedAt)
        }
        guard purposes.allSatisfy(statements.cover) else {
            throw ServiceError(
                .purposeNotCovered,
                "No consent or other legal basis of this contact covers the purpose stated.")
        }
    }
}

extension ServiceError {
    static let processingRestricted = ServiceError(
        .processingRestricted,
        "The contact's processing is restricted (Article 18 GDPR): it is kept, read for storage or legal_claims, and not added to."
    )
}
