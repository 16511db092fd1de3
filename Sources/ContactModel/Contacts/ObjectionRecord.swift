/// An objection of a contact's person, as its entry tells of it.
public struct ObjectionRecord: Hashable, Sendable {
    /// Empty: to automated merging.
    public let purposeCodes: [String]
    /// `Timestamp` text: when the request came.
    public let objectedAt: String

    public init(purposeCodes: [String], objectedAt: String) {
        self.purposeCodes = purposeCodes
        self.objectedAt = objectedAt
    }
}
