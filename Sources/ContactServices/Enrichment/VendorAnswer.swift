public import ContactModel
public import Foundation
import ProcessBoundary

/// What a vendor sent to an enrichment, validated and not trusted: that it was asked is the keeper's to say.
public struct VendorAnswer: Sendable {
    public let vendor: AdmittedVendor
    public let content: Content
    /// SHA-256 of the request (``RequestDigest``): the same answer again is one answer.
    public let digest: Data
    public let requestID: RequestID
    /// Where it came from; nil: not known.
    public let address: String?

    public enum Content: Sendable {
        /// Whom the values are about, by the address that the vendor knows; at most one of each type.
        case values(EmailAddress, [Value])
        case noData
        case error
    }

    public struct Value: Sendable {
        public let type: AttributeType
        public let value: AttributeValue
        public let confidence: Confidence
        public let validity: ValidityPeriod

        public init(
            type: AttributeType, value: AttributeValue, confidence: Confidence,
            validity: ValidityPeriod
        ) {
            self.type = type
            self.value = value
            self.confidence = confidence
            self.validity = validity
        }
    }

    public init(
        vendor: AdmittedVendor, content: Content, digest: Data, requestID: RequestID,
        address: String?
    ) {
        self.vendor = vendor
        self.content = content
        self.digest = digest
        self.requestID = requestID
        self.address = address
    }
}

/// A vendor whose token counts. The only way to hold one is ``VendorAnswerService/admit(_:_:)``.
public struct AdmittedVendor: Sendable {
    public let enrichment: EntityID
    let token: CallbackToken
    let order: WireEnrichmentOrder
    let standing: EnrichmentCase
    let ticket: Data
}

/// What became of an answer.
public struct VendorAnswerOutcome: Sendable, Equatable {
    public let outcome: EnrichmentOutcome
    /// Values that stand in the ledger now.
    public let received: Int
    /// Values that were not asked for, of which nothing was kept.
    public let dropped: Int
    /// It was answered so before.
    public let replayed: Bool
    public let receipt: MutationOutcome.Receipt
}
