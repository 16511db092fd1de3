public import Foundation

/// A signing key counts from a tree size on.
public struct KeyActivated: LedgerEvent {
    public static let stream = "key"
    public static let type = "KeyActivated"

    public var algorithm: String
    /// `none` in this version.
    public var attestation: String
    public var fromSize: UInt64
    public var keyId: String
    public var name: String
    /// Ed25519: 32 raw bytes; else SPKI DER.
    public var publicKey: Data
    /// 16 random bytes.
    public var salt: Data
    /// Of an attestation key: TPM name, in hex, of the counter of seals that it certifies.
    public var sealCounter: String?
    public var use: String

    public init(
        algorithm: String, attestation: String = "none", fromSize: UInt64, keyId: String,
        name: String, publicKey: Data, salt: Data, sealCounter: String? = nil, use: String
    ) {
        self.algorithm = algorithm
        self.attestation = attestation
        self.fromSize = fromSize
        self.keyId = keyId
        self.name = name
        self.publicKey = publicKey
        self.salt = salt
        self.sealCounter = sealCounter
        self.use = use
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("algorithm", algorithm)
        payload.text("attestation", attestation)
        payload.integer("fromSize", fromSize)
        payload.text("keyId", keyId)
        payload.text("name", name)
        payload.binary("publicKey", publicKey)
        payload.binary("salt", salt)
        payload.text("sealCounter", sealCounter)
        payload.text("use", use)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        algorithm = try payload.text("algorithm")
        attestation = try payload.text("attestation")
        fromSize = try payload.integer("fromSize")
        keyId = try payload.text("keyId")
        name = try payload.text("name")
        publicKey = try payload.binary("publicKey")
        salt = try payload.binary("salt")
        sealCounter = try payload.optionalText("sealCounter")
        use = try payload.text("use")
    }
}
