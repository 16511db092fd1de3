public import ContactModel

/// What a person takes along (Article 20 GDPR): the data that they provided themselves, and that is processed under their consent or
/// a contract with them. Nothing that was found out about them from elsewhere.
public struct PortableContact: Sendable, Equatable {
    public struct Attribute: Sendable, Equatable {
        public let type: String
        public let value: String
        /// `Timestamp` text.
        public let since: String

        public init(type: String, value: String, since: String) {
            self.type = type
            self.value = value
            self.since = since
        }
    }

    public let id: EntityID
    /// Nil: processed on another basis.
    public let email: String?
    public let fullName: String?
    public let attributes: [Attribute]

    public init(id: EntityID, email: String?, fullName: String?, attributes: [Attribute]) {
        self.id = id
        self.email = email
        self.fullName = fullName
        self.attributes = attributes
    }

    /// Values of a type.
    public func values(_ type: String) -> [String] {
        attributes.filter { $0.type == type }.map(\.value)
    }
}

extension PortableContact {
    /// Address and name are what a consent was given with, or a contract made.
    init(of view: ContactView) {
        let isPortable = view.consents.contains { consent in
            consent.revokedAt == nil && consent.consentType != ConsentType.optOut.rawValue
                && (consent.legalBasis == LegalBasis.consent.rawValue
                    || consent.legalBasis == LegalBasis.contract.rawValue)
        }
        self.init(
            id: view.id, email: isPortable ? view.email : nil,
            fullName: isPortable ? view.fullName : nil,
            attributes: !isPortable
                ? []
                : view.attributes.filter { $0.sourceType == SourceType.dataSubject.rawValue }
                    .map { Attribute(type: $0.type, value: $0.value, since: $0.validFrom) })
    }
}
