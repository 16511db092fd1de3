/// KEK-AUDIT's signature over a manifest body (FORMAT 5.3).
public struct ManifestSignature: Sendable, Equatable {
    /// `RSASSA-PSS-4096-SHA256`
    public let algorithm: String
    /// Hex of the first 8 bytes of SHA-256 of the public key.
    public let keyID: String
    /// 512 bytes.
    public let value: [UInt8]
}
