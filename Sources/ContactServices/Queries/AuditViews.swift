public import ContactModel

/// Which audit events are asked for: those that fit all that is not nil, the newest first.
public struct AuditQuery: Sendable {
    public var principal: String?
    /// As entries have it: those of `Action`, and what the ledger says of its own doings.
    public var action: String?
    public var category: AuditCategory?
    public var outcome: AuditOutcome?
    public var contact: EntityID?
    /// Not before.
    public var from: Timestamp?
    /// Before.
    public var until: Timestamp?
    /// Of the page before; nil: from the newest on.
    public var cursor: UInt64?
    public var limit = AuditQuery.limits.lowerBound

    /// Events of a page.
    public static let limits = 1...500

    public init() {}
}

public struct AuditPageView: Sendable {
    public let events: [AuditEventView]
    /// Of the next page, which may be empty; nil: there is none.
    public let next: UInt64?
}

public struct AuditEventView: Sendable {
    public let generation: UInt64
    public let index: UInt64
    /// FORMAT 2.1.
    public let time: String
    public let label: String
    /// Hex; nil: it is about no certain contact.
    public let subject: String?
    public let event: AuditEvent
    /// Numeric; nil: not known, or it does not open.
    public let sourceAddress: String?
}
