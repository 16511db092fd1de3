public import Foundation

/// What a request did or was refused; the last entry of every append.
public struct AuditEvent: LedgerEvent {
    public static let stream = "audit"
    public static let type = "AuditEvent"

    /// `contact.create` and such.
    public var action: String
    public var category: AuditCategory
    /// Hex SHA-256 of the client certificate's DER; absent: none was shown.
    public var certificateFingerprint: String?
    /// How many requests it tells of; absent: one.
    public var count: Int?
    /// In the order asked; empty for a read.
    public var mutations: [AuditMutation]
    public var outcome: AuditOutcome
    /// Access policies that decided; empty: none did.
    public var policyIds: [String]
    /// The token's `sub`; the ledger's own name where there was none that counts.
    public var principal: String
    /// Absent: none was given.
    public var purpose: String?
    /// A problem code; absent when allowed.
    public var reason: String?
    public var requestId: String
    public var resourceType: String
    /// 16 random bytes.
    public var salt: Data
    /// Sealed for the principal (FORMAT 9.5); absent: not known.
    public var sourceAddress: EncryptedValue?
    /// Hex tags of the contacts that it is about, where they are several; else empty: the header names the one.
    public var subjects: [String]

    public init(
        action: String, category: AuditCategory, mutations: [AuditMutation] = [],
        outcome: AuditOutcome, principal: String, purpose: String?, reason: String?,
        requestId: String, resourceType: String, salt: Data, count: Int? = nil,
        subjects: [String] = [], context: AuditContext = .none
    ) {
        self.action = action
        self.category = category
        self.mutations = mutations
        self.outcome = outcome
        self.principal = principal
        self.purpose = purpose
        self.reason = reason
        self.requestId = requestId
        self.resourceType = resourceType
        self.salt = salt
        self.count = count
        self.subjects = subjects
        certificateFingerprint = context.certificateFingerprint
        policyIds = context.policyIDs
        sourceAddress = context.sourceAddress
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("action", action)
        payload.text("category", category.rawValue)
        payload.text("certificateFingerprint", certificateFingerprint)
        if let count { payload.integer("count", count) }
        payload.objects("mutations", mutations) { $0.write(to: &$1) }
        payload.text("outcome", outcome.rawValue)
        if !policyIds.isEmpty { payload.texts("policyIds", policyIds) }
        payload.text("principal", principal)
        payload.text("purpose", purpose)
        payload.text("reason", reason)
        payload.text("requestId", requestId)
        payload.text("resourceType", resourceType)
        payload.binary("salt", salt)
        payload.sealed("sourceAddress", sourceAddress)
        if !subjects.isEmpty { payload.texts("subjects", subjects) }
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        action = try payload.text("action")
        category = try payload.choice("category", AuditCategory.self)
        certificateFingerprint = try payload.optionalText("certificateFingerprint")
        count = try payload.optionalInteger("count").map(Int.init)
        mutations = try payload.objects("mutations") { reader throws(PayloadError) in
            try AuditMutation(from: &reader)
        }
        outcome = try payload.choice("outcome", AuditOutcome.self)
        policyIds = try payload.optionalTexts("policyIds") ?? []
        principal = try payload.text("principal")
        purpose = try payload.optionalText("purpose")
        reason = try payload.optionalText("reason")
        requestId = try payload.text("requestId")
        resourceType = try payload.text("resourceType")
        salt = try payload.binary("salt")
        sourceAddress = try payload.optionalSealed("sourceAddress")
        subjects = try payload.optionalTexts("subjects") ?? []
    }
}

public enum AuditCategory: String, Sendable, CaseIterable {
    case dataAccess = "DATA_ACCESS"
    case dataMutation = "DATA_MUTATION"
    case ledgerAccess = "LEDGER_ACCESS"
    case operation = "OPERATION"
    /// Callers that were not who they said, or did not say.
    case authentication = "AUTHENTICATION"
    /// Something that a person has to look at.
    case alert = "ALERT"
}

public enum AuditOutcome: String, Sendable, CaseIterable {
    case allowed = "ALLOWED"
    /// No permission.
    case denied = "DENIED"
    /// Permitted, but the request or the state of things did not allow it.
    case refused = "REFUSED"
    /// Something of ours broke.
    case failed = "FAILED"
}
