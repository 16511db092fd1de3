public import Foundation

/// Attributes came from a source.
public struct ProvenanceRecorded: LedgerEvent {
    public static let stream = "provenance"
    public static let type = "ProvenanceRecorded"

    /// Ids of the attributes from this source.
    public var attributes: [String]
    public var provenanceId: String
    /// 16 random bytes.
    public var salt: Data
    /// A system's name; absent for `DATA_SUBJECT`.
    public var sourceIdentity: String?
    public var sourceType: SourceType

    public init(
        attributes: [String], provenanceId: String, salt: Data, sourceIdentity: String?,
        sourceType: SourceType
    ) {
        self.attributes = attributes
        self.provenanceId = provenanceId
        self.salt = salt
        self.sourceIdentity = sourceIdentity
        self.sourceType = sourceType
    }

    public func write(to payload: inout PayloadWriter) {
        payload.texts("attributes", attributes)
        payload.text("provenanceId", provenanceId)
        payload.binary("salt", salt)
        payload.text("sourceIdentity", sourceIdentity)
        payload.text("sourceType", sourceType.rawValue)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attributes = try payload.texts("attributes")
        provenanceId = try payload.text("provenanceId")
        salt = try payload.binary("salt")
        sourceIdentity = try payload.optionalText("sourceIdentity")
        sourceType = try payload.choice("sourceType", SourceType.self)
    }
}
