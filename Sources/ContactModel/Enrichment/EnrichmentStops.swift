public import Foundation

/// Where an enrichment does not go on as it began: each kind says how far it had come.
public protocol EnrichmentStop: LedgerEvent {
    /// UUID.
    var enrichmentId: String { get }
    var reason: EnrichmentReason { get }
    /// 16 random bytes.
    var salt: Data { get }

    init(enrichmentId: String, reason: EnrichmentReason, salt: Data)
}

extension EnrichmentStop {
    public static var stream: String { "contact" }

    public func write(to payload: inout PayloadWriter) {
        payload.text("enrichmentId", enrichmentId)
        payload.text("reason", reason.rawValue)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        self.init(
            enrichmentId: try payload.text("enrichmentId"),
            reason: try payload.choice("reason", EnrichmentReason.self),
            salt: try payload.binary("salt"))
    }
}

/// It ends before anything was merged.
public struct EnrichmentFailed: EnrichmentStop {
    public static let type = "EnrichmentFailed"

    public let enrichmentId: String
    public let reason: EnrichmentReason
    public let salt: Data

    public init(enrichmentId: String, reason: EnrichmentReason, salt: Data) {
        self.enrichmentId = enrichmentId
        self.reason = reason
        self.salt = salt
    }
}

/// What was merged does not count: its provenance could not be recorded.
public struct EnrichmentRolledBack: EnrichmentStop {
    public static let type = "EnrichmentRolledBack"

    public let enrichmentId: String
    public let reason: EnrichmentReason
    public let salt: Data

    public init(enrichmentId: String, reason: EnrichmentReason, salt: Data) {
        self.enrichmentId = enrichmentId
        self.reason = reason
        self.salt = salt
    }
}

/// Provenance tells of values that the contact did not get: somebody has to look at it.
public struct EnrichmentInconsistent: EnrichmentStop {
    public static let type = "EnrichmentInconsistent"

    public let enrichmentId: String
    public let reason: EnrichmentReason
    public let salt: Data

    public init(enrichmentId: String, reason: EnrichmentReason, salt: Data) {
        self.enrichmentId = enrichmentId
        self.reason = reason
        self.salt = salt
    }
}

public enum EnrichmentReason: String, Sendable, CaseIterable {
    /// No vendor sent a value.
    case noAnswer = "NO_ANSWER"
    /// The values that were compared are not the contact's any more.
    case contactChanged = "CONTACT_CHANGED"
    /// Article 18 GDPR.
    case restricted = "RESTRICTED"
    /// To automated merging (Article 22 GDPR), or to the purpose (Article 21).
    case objected = "OBJECTED"
    /// No legal basis in force covers the purpose.
    case notCovered = "NOT_COVERED"
    /// The contact's label is above the one that the enrichment was asked for under.
    case relabelled = "RELABELLED"
    /// The ledger did not take it for another reason.
    case refused = "REFUSED"
}
