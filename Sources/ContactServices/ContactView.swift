public import ContactModel
import Foundation
import ProcessBoundary

/// A contact as it is today, decrypted.
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
    }
}

extension ContactView {
    /// What of a row is to be decrypted: the email, the name if there is one, each attribute's value.
    static func sealedItems(of row: WireContactRow) -> [WireSealedItem] {
        var bound = [row.email]
        if row.hasFullName { bound.append(row.fullName) }
        bound += row.attributes.map(\.value)
        return bound.map { value in
            var item = WireSealedItem()
            item.binding.subject = row.head.subject
            item.binding.entity = value.entity
            item.binding.field = value.field
            item.binding.label = value.label
            item.value = value.value
            return item
        }
    }

    /// - Parameter plaintexts: in the order of `sealedItems(of:)`; nil when their number or the row does not fit.
    init?(_ row: WireContactRow, plaintexts: [String]) {
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
        guard texts.next() == nil else { return nil }
        self.attributes = attributes
        consents = row.consents.map(Consent.init)
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
    fileprivate init(_ row: WireConsentRow) {
        id = row.id
        consentType = row.consentType
        legalBasis = row.legalBasis
        purposeCodes = row.purposeCodes
        grantedAt = row.grantedAt
        revokedAt = row.revokedAt.isEmpty ? nil : row.revokedAt
    }
}
