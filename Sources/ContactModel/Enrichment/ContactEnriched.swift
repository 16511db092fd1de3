public import Foundation

/// An enrichment is done: what it took stands beside this entry, in the same mutation.
public struct ContactEnriched: LedgerEvent {
    public static let stream = "contact"
    public static let type = "ContactEnriched"

    /// Ids of the attributes taken.
    public var attributes: [String]
    /// UUID.
    public var enrichmentId: String
    /// 16 random bytes.
    public var salt: Data

    public init(attributes: [String], enrichmentId: String, salt: Data) {
        self.attributes = attributes
        self.enrichmentId = enrichmentId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.texts("attributes", attributes)
        payload.text("enrichmentId", enrichmentId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attributes = try payload.texts("attributes")
        enrichmentId = try payload.text("enrichmentId")
        salt = try payload.binary("salt")
    }
}
