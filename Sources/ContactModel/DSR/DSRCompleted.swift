public import Foundation

/// A request is answered, wholly, in part or with a refusal.
public struct DSRCompleted: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "DSRCompleted"

    public var outcome: DSROutcome
    /// Empty exactly for a whole answer.
    public var reasons: [DSRReason]
    /// UUID, which entries and answers name the request by.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(outcome: DSROutcome, reasons: [DSRReason], requestId: String, salt: Data) {
        self.outcome = outcome
        self.reasons = reasons
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("outcome", outcome.rawValue)
        payload.texts("reasons", reasons.map(\.rawValue))
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        outcome = try payload.choice("outcome", DSROutcome.self)
        reasons = try payload.choices("reasons", DSRReason.self)
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
