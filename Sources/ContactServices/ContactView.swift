public import ContactModel
import Foundation
import ProcessBoundary

/// A contact as it is today, or as it was, decrypted.
public struct ContactView: Sendable, Equatable {
    public let id: EntityID
    public let email: String
    public let fullName: String?
    public let label: String
    /// Index of its newest entry that is not an audit entry: its ETag.
    public let version: UInt64
    public let createdAt: String
    public let updatedAt: String
    /// The current one of each type.
    public let attributes: [Attribute]
    public let consents: [Consent]
    /// Article 18 GDPR.
    public let isRestrictedByRequest: Bool
    /// Oldest first.
    public let objections: [ObjectionRecord]

    public struct Attribute: Sendable, Equatable {
        public let id: String
        public let type: String
        public let value: String
        public let label: String
        public let confidence: Confidence
        public let provenanceID: String
        public let sourceType: String
        public let sourceIdentity: String?
        public let validFrom: String
        public let validUntil: String?
    }

    public struct Consent: Sendable, Equatable {
        public let id: String
        public let consentType: String
        public let legalBasis: String
        public let purposeCodes: [String]
        public let grantedAt: String
        public let revokedAt: String?
        public let terms: ConsentTerms
        /// Where its proof lies; nil: nothing was told, or the caller is not cleared for it.
        public let evidence: String?
    }

    /// Its data may be kept and little more: nothing that allows to process it is in force, or its person had it restricted.
    public var isRestricted: Bool {
        isRestrictedByRequest
            || !consents.contains {
                $0.revokedAt == nil && $0.consentType != ConsentType.optOut.rawValue
            }
    }
}

extension ContactView {
    /// What of a row a relabel seals anew: the email, the name if there is one, each attribute's value.
    static func sealedItems(of row: WireContactRow) -> [WireSealedItem] {
        var bound = [row.email]
        if row.hasFullName { bound.append(row.fullName) }
        bound += row.attributes.map(\.value)
        return bound.map { WireSealedItem($0, of: row.head.subject) }
    }

    /// References to the proof of consents, as far as somebody with this clearance may read them.
    static func evidenceItems(
        of row: WireContactRow, for clearance: Clearance
    ) -> [WireSealedItem] {
        row.consents.filter { $0.isEvidenceReadable(for: clearance) }
            .map { WireSealedItem($0.evidence, of: row.head.subject) }
    }

    /// - Parameter plaintexts: of `sealedItems(of:)`, then of `evidenceItems(of:for:)`; nil when their number or the row does not fit.
    init?(_ row: WireContactRow, plaintexts: [String], for clearance: Clearance) {
        var texts = plaintexts.makeIterator()
        guard let id = EntityID(bytes: row.head.contactID), let email = texts.next() else {
            return nil
        }
        self.id = id
        self.email = email
        if row.hasFullName {
            guard let name = texts.next() else { return nil }
            fullName = name
        } else {
            fullName = nil
        }
        label = row.head.label
        version = row.head.version
        createdAt = row.createdAt
        updatedAt = row.updatedAt
        var attributes: [Attribute] = []
        for attribute in row.attributes {
            guard let value = texts.next(),
                let confidence = Confidence(tenThousandths: Int(attribute.confidence))
            else { return nil }
            attributes.append(Attribute(attribute, value: value, confidence: confidence))
        }
        self.attributes = attributes
        isRestrictedByRequest = row.restricted
        objections = row.objections.map { objection in
            ObjectionRecord(
                purposeCodes: objection.purposeCodes, objectedAt: objection.objectedAt)
        }
        var consents: [Consent] = []
        for consent in row.consents {
            var evidence: String?
            if consent.isEvidenceReadable(for: clearance) {
                guard let text = texts.next() else { return nil }
                evidence = text
            }
            consents.append(Consent(consent, evidence: evidence))
        }
        guard texts.next() == nil else { return nil }
        self.consents = consents
    }
}

extension WireConsentRow {
    fileprivate func isEvidenceReadable(for clearance: Clearance) -> Bool {
        hasEvidence && (try? SecurityLabel(evidence.label)).map(clearance.canRead) ?? false
    }
}

extension ContactView.Attribute {
    fileprivate init(_ row: WireAttributeRow, value: String, confidence: Confidence) {
        id = row.id
        type = row.attributeType
        self.value = value
        label = row.value.label
        self.confidence = confidence
        provenanceID = row.provenanceID
        sourceType = row.sourceType
        sourceIdentity = row.sourceIdentity.isEmpty ? nil : row.sourceIdentity
        validFrom = row.validFrom
        validUntil = row.validUntil.isEmpty ? nil : row.validUntil
    }
}

extension ContactView.Consent {
    fileprivate init(_ row: WireConsentRow, evidence: String?) {
        id = row.id
        consentType = row.consentType
        legalBasis = row.legalBasis
        purposeCodes = row.purposeCodes
        grantedAt = row.grantedAt
        revokedAt = row.revokedAt.isEmpty ? nil : row.revokedAt
        terms = ConsentTerms(row)
        self.evidence = evidence
    }
}

extension ConsentTerms {
    /// As they stand in the ledger, whatever may be sent today.
    fileprivate init(_ row: WireConsentRow) {
        self.init()
        controller = row.controller.isEmpty ? nil : row.controller
        noticeRef = row.noticeRef.isEmpty ? nil : row.noticeRef
        language = row.language.isEmpty ? nil : row.language
        jurisdiction = row.jurisdiction.isEmpty ? nil : row.jurisdiction
        collectionMethod = CollectionMethod(rawValue: row.collectionMethod)
    }
}
