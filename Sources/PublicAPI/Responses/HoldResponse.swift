import ContactModel
import ContactServices

/// What routes of legal holds answer.
enum HoldResponse {
    static func json(_ holds: [HoldView]) -> JSONValue {
        .fields(["holds": .array(holds.map { json($0) })])
    }

    static func json(_ hold: HoldView, at now: Timestamp = .now()) -> JSONValue {
        .fields([
            "id": .string(hold.hold.id.text),
            "reason": .string(hold.hold.reason.rawValue),
            "state": .string(state(hold, now)),
            "placedAt": .string(hold.placedAt),
            "until": .text(hold.hold.until?.text),
            "releasedAt": .text(hold.releasedAt),
            "generation": .integer(hold.generation),
            "index": .integer(hold.index),
        ])
    }

    private static func state(_ hold: HoldView, _ now: Timestamp) -> String {
        if hold.releasedAt != nil { return "RELEASED" }
        return hold.isInForce(at: now) ? "IN_FORCE" : "OVER"
    }
}
