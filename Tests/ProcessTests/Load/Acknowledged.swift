/// A mutation that the gateway acknowledged, and what its receipt said: from then on all of it must stay true.
struct Acknowledged: Sendable, Equatable {
    let key: String
    /// Of the contact that it made or changed.
    let contact: String
    let email: String
    /// The value of the attribute that it added; nil for a create.
    let attribute: String?
    let index: Int
    let leafHash: String
    /// Ordered to be erased, and the order acknowledged.
    var isErased = false
}
