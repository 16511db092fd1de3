public import Foundation

/// Which of the values that vendors sent become the contact's, and why the others do not.
public struct EnrichmentMerged: LedgerEvent {
    public static let stream = "contact"
    public static let type = "EnrichmentMerged"

    /// One for each value received, as ``EnrichmentMerge`` decides.
    public var decisions: [EnrichmentDecision]
    /// UUID.
    public var enrichmentId: String
    /// 16 random bytes.
    public var salt: Data

    public init(decisions: [EnrichmentDecision], enrichmentId: String, salt: Data) {
        self.decisions = decisions
        self.enrichmentId = enrichmentId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.objects("decisions", decisions) { $0.write(to: &$1) }
        payload.text("enrichmentId", enrichmentId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        decisions = try payload.objects("decisions") { reader throws(PayloadError) in
            try EnrichmentDecision(from: &reader)
        }
        enrichmentId = try payload.text("enrichmentId")
        salt = try payload.binary("salt")
    }
}

/// What becomes of one value that a vendor sent.
public struct EnrichmentDecision: Hashable, Sendable, Codable {
    public var attributeId: String
    /// Whether it becomes the contact's.
    public var isTaken: Bool
    /// Of one that is taken: the value whose place it takes; of another: the value that it yields to. Absent: there was none.
    public var other: String?
    /// By what it was decided against `other`; absent without one.
    public var rule: EnrichmentRule?

    public init(
        attributeId: String, isTaken: Bool, other: String? = nil, rule: EnrichmentRule? = nil
    ) {
        self.attributeId = attributeId
        self.isTaken = isTaken
        self.other = other
        self.rule = rule
    }

    func write(to payload: inout PayloadWriter) {
        payload.text("attributeId", attributeId)
        payload.text("decision", text)
        payload.text("other", other)
        payload.text("rule", rule?.rawValue)
    }

    init(from payload: inout PayloadReader) throws(PayloadError) {
        attributeId = try payload.text("attributeId")
        switch try payload.text("decision") {
        case Self.taken: isTaken = true
        case Self.kept: isTaken = false
        default: throw payload.failure
        }
        other = try payload.optionalText("other")
        rule = try payload.optionalChoice("rule", EnrichmentRule.self)
    }

    public var text: String { isTaken ? Self.taken : Self.kept }

    private static let taken = "TAKEN"
    private static let kept = "HISTORY_ONLY"
}

/// What decides between two values of one type, the first that tells them apart.
public enum EnrichmentRule: String, Sendable, CaseIterable, Codable {
    /// How sure its source is.
    case confidence = "CONFIDENCE"
    /// Since when it holds.
    case freshness = "FRESHNESS"
    /// Where it came from.
    case source = "SOURCE"
    /// Which came first into the ledger.
    case order = "ORDER"
}
