public import Foundation

/// Attributes came from a source.
public struct ProvenanceRecorded: LedgerEvent {
    public static let stream = "provenance"
    public static let type = "ProvenanceRecorded"

    /// What it says of their values; absent in its first version.
    public var attributedData: AttributedDataSeal?
    /// Ids of the attributes from this source.
    public var attributes: [String]
    public var provenanceId: String
    /// 16 random bytes.
    public var salt: Data
    /// A system's name; absent for `DATA_SUBJECT`.
    public var sourceIdentity: String?
    public var sourceType: SourceType

    public init(
        attributedData: AttributedDataSeal? = nil, attributes: [String], provenanceId: String,
        salt: Data, sourceIdentity: String?, sourceType: SourceType
    ) {
        self.attributedData = attributedData
        self.attributes = attributes
        self.provenanceId = provenanceId
        self.salt = salt
        self.sourceIdentity = sourceIdentity
        self.sourceType = sourceType
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("attributedDataHash", attributedData?.hash)
        payload.sealed("attributedDataSalt", attributedData?.salt)
        payload.texts("attributes", attributes)
        payload.text("provenanceId", provenanceId)
        payload.binary("salt", salt)
        payload.text("sourceIdentity", sourceIdentity)
        payload.text("sourceType", sourceType.rawValue)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        if let hash = try payload.optionalText("attributedDataHash") {
            attributedData = AttributedDataSeal(
                hash: hash, salt: try payload.sealed("attributedDataSalt"))
        } else {
            attributedData = nil
        }
        attributes = try payload.texts("attributes")
        provenanceId = try payload.text("provenanceId")
        salt = try payload.binary("salt")
        sourceIdentity = try payload.optionalText("sourceIdentity")
        sourceType = try payload.choice("sourceType", SourceType.self)
    }
}

/// A hash that stands for attributes without showing them: nobody guesses values by it while the salt is sealed, and nobody ever once the
/// subject's key is destroyed.
public struct AttributedDataSeal: Sendable, Equatable {
    /// Hex of 32 bytes, of `AttributedData` under the salt.
    public var hash: String
    /// Field `attributedDataSalt`, entity `provenanceId`: 16 bytes.
    public var salt: EncryptedValue

    public init(hash: String, salt: EncryptedValue) {
        self.hash = hash
        self.salt = salt
    }
}
