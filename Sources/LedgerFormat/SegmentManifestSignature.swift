/// FORMAT 5.3, `signature`; its algorithm is always `RSAPSS.algorithm`.
public struct SegmentManifestSignature: Sendable, Equatable {
    /// `SPKI.keyID(_:)`: 16 lower-case hexadecimal digits.
    public let keyID: String
    /// 512 bytes.
    public let value: [UInt8]

    public var algorithm: String { RSAPSS.algorithm }

    /// - Throws: `SegmentManifestError.malformed`
    public init(keyID: String, value: [UInt8]) throws(SegmentManifestError) {
        guard LowerHex.decode(keyID)?.count == 8 else {
            throw .malformed(member: "signature.keyId", rule: "16 lower-case hexadecimal digits")
        }
        guard value.count == LedgerLimits.manifestSignatureBytes else {
            throw .malformed(member: "signature.value", rule: "512 bytes")
        }
        self.keyID = keyID
        self.value = value
    }
}
