/// A contact got another address or name. Whole: what it does not bring the contact has no more.
public struct ContactUpdated: LedgerEvent {
    public static let stream = "contact"
    public static let type = "ContactUpdated"

    /// What it brings, sealed anew under an entity of its own; its `contactId` is the contact's.
    public var identity: ContactCreated

    public init(identity: ContactCreated) { self.identity = identity }

    public func write(to payload: inout PayloadWriter) { identity.write(to: &payload) }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        identity = try ContactCreated(from: &payload)
    }
}
