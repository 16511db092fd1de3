/// What `GET /api/v1/policies` answers.
struct PolicyList: Codable, Sendable {
    static let path = "/api/v1/policies"

    let version: UInt64
    let generation: UInt64?
    let index: UInt64?
    let setBy: String?
    let setAt: String?
    /// nil: compiled into a gateway of the past.
    let textHash: String?
    let text: String?

    /// Where they come from, in a line.
    var origin: String {
        guard let index, let generation else {
            return "compiled in; none were set before"
        }
        return "entry \(index) of generation \(generation), by \(setBy ?? "?") at \(setAt ?? "?")"
    }
}
