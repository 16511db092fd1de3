public import Foundation

/// Vendors are to be asked about a contact: the authority for everything that follows from it, which is done on tickets that name this
/// entry (FORMAT 9.12).
public struct EnrichmentRequested: LedgerEvent {
    public static let stream = "contact"
    public static let type = "EnrichmentRequested"

    /// How often a vendor is asked at most.
    public var attempts: Int
    /// Texts of the `AttributeType`s asked for.
    public var attributeTypes: [String]
    /// UUID.
    public var enrichmentId: String
    /// What the values are for: covered by the contact's legal bases.
    public var purpose: String
    /// 16 random bytes.
    public var salt: Data
    /// How long an attempt waits for its vendor, in seconds.
    public var timeout: Int
    /// Ids of systems, the most trusted first.
    public var vendors: [String]

    public init(
        attempts: Int, attributeTypes: [String], enrichmentId: String, purpose: String,
        salt: Data, timeout: Int, vendors: [String]
    ) {
        self.attempts = attempts
        self.attributeTypes = attributeTypes
        self.enrichmentId = enrichmentId
        self.purpose = purpose
        self.salt = salt
        self.timeout = timeout
        self.vendors = vendors
    }

    public func write(to payload: inout PayloadWriter) {
        payload.integer("attempts", attempts)
        payload.texts("attributeTypes", attributeTypes)
        payload.text("enrichmentId", enrichmentId)
        payload.text("purpose", purpose)
        payload.binary("salt", salt)
        payload.integer("timeout", timeout)
        payload.texts("vendors", vendors)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attempts = Int(try payload.integer("attempts"))
        attributeTypes = try payload.texts("attributeTypes")
        enrichmentId = try payload.text("enrichmentId")
        purpose = try payload.text("purpose")
        salt = try payload.binary("salt")
        timeout = Int(try payload.integer("timeout"))
        vendors = try payload.texts("vendors")
    }
}

extension EnrichmentRequested {
    /// Whether it asks somebody for something, within bounds.
    public var isWellFormed: Bool {
        (try? EntityID(enrichmentId))?.text == enrichmentId
            && (1...ModelLimits.enrichmentAttempts).contains(attempts)
            && ModelLimits.enrichmentTimeout.contains(timeout)
            && (try? PurposeCode(purpose))?.text == purpose
            && (1...ModelLimits.enrichmentVendors).contains(vendors.count)
            && Set(vendors).count == vendors.count
            && vendors.allSatisfy {
                (try? ProvenanceSource(type: SourceType.vendor.rawValue, identity: $0)) != nil
            }
            && (1...ModelLimits.attributesPerRequest).contains(attributeTypes.count)
            && Set(attributeTypes).count == attributeTypes.count
            && attributeTypes.allSatisfy { (try? AttributeType($0)) != nil }
    }
}
