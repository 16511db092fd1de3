import ContactModel

/// A mutation that was asked for in the same request and decided before the append: refused, or found to be a replay. It has no
/// entries; the audit entry tells of it at its place (FORMAT 9.1).
public struct DecidedMutation: Sendable {
    /// Among all mutations asked for, from 0.
    public let position: Int
    /// `REPLAYED` or a refusal code.
    public let outcome: String
    public let idempotency: IdempotencyTag?

    public init(position: Int, outcome: String, idempotency: IdempotencyTag?) {
        self.position = position
        self.outcome = outcome
        self.idempotency = idempotency
    }

    /// Upper case letters, digits and underscores; never what only the ledger may say.
    static func isOutcome(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != AuditMutation.appended
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension [DecidedMutation] {
    /// One element per mutation asked for: these at their positions, `results` in the places between.
    func merged(with results: [AuditMutation]) -> [AuditMutation] {
        var merged: [AuditMutation] = []
        merged.reserveCapacity(count + results.count)
        var rest = results[...]
        for decided in self {
            while merged.count < decided.position, let next = rest.popFirst() {
                merged.append(next)
            }
            merged.append(
                AuditMutation(
                    idempotencyKey: decided.idempotency?.key.hex,
                    idempotencyRequest: decided.idempotency?.request.hex,
                    outcome: decided.outcome))
        }
        return merged + rest
    }
}
