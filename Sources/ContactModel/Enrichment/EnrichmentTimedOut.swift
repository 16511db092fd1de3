public import Foundation

/// A vendor did not answer an attempt in time; its token counts no more.
public struct EnrichmentTimedOut: LedgerEvent {
    public static let stream = "contact"
    public static let type = "EnrichmentTimedOut"

    /// From 1.
    public var attempt: Int
    /// UUID.
    public var enrichmentId: String
    /// 16 random bytes.
    public var salt: Data
    public var vendor: String

    public init(attempt: Int, enrichmentId: String, salt: Data, vendor: String) {
        self.attempt = attempt
        self.enrichmentId = enrichmentId
        self.salt = salt
        self.vendor = vendor
    }

    public func write(to payload: inout PayloadWriter) {
        payload.integer("attempt", attempt)
        payload.text("enrichmentId", enrichmentId)
        payload.binary("salt", salt)
        payload.text("vendor", vendor)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attempt = Int(try payload.integer("attempt"))
        enrichmentId = try payload.text("enrichmentId")
        salt = try payload.binary("salt")
        vendor = try payload.text("vendor")
    }
}
