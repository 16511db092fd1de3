/// What became of one mutation of an append (FORMAT 9.1).
public struct AuditMutation: Sendable, Equatable {
    public static let appended = "APPENDED"
    public static let replayed = "REPLAYED"

    /// Number of entries, for `APPENDED`.
    public var count: Int?
    /// Offset from the append's first entry, for `APPENDED`.
    public var first: Int?
    /// Hex, 32 bytes, when the client sent an idempotency key.
    public var idempotencyKey: String?
    /// Hex, 32 bytes, when the client sent an idempotency key.
    public var idempotencyRequest: String?
    /// `APPENDED`, `REPLAYED` or a refusal code.
    public var outcome: String

    public init(
        count: Int? = nil, first: Int? = nil, idempotencyKey: String? = nil,
        idempotencyRequest: String? = nil, outcome: String
    ) {
        self.count = count
        self.first = first
        self.idempotencyKey = idempotencyKey
        self.idempotencyRequest = idempotencyRequest
        self.outcome = outcome
    }

    func write(to payload: inout PayloadWriter) {
        if let count { payload.integer("count", count) }
        if let first { payload.integer("first", first) }
        payload.text("idempotencyKey", idempotencyKey)
        payload.text("idempotencyRequest", idempotencyRequest)
        payload.text("outcome", outcome)
    }

    init(from payload: inout PayloadReader) throws(PayloadError) {
        count = try payload.optionalInteger("count").map(Int.init)
        first = try payload.optionalInteger("first").map(Int.init)
        idempotencyKey = try payload.optionalText("idempotencyKey")
        idempotencyRequest = try payload.optionalText("idempotencyRequest")
        outcome = try payload.text("outcome")
    }
}
