/// Where a message type holds repeated fields, by field number, at any depth. Fields not named hold none.
///
/// Enough of the schema to count what parsing would allocate, before anything is parsed (``ElementCounter``).
struct WireShape: Sendable, Equatable {
    enum Field: Sendable, Equatable {
        /// `repeated bytes` or `repeated string`.
        case elements
        /// A message that stands alone, with repeated fields somewhere inside.
        case message(WireShape)
        /// `repeated` messages.
        case messages(WireShape)
    }

    let fields: [UInt64: Field]

    init(_ fields: [UInt64: Field] = [:]) { self.fields = fields }

    /// A message without repeated fields.
    static let flat = WireShape()
}
