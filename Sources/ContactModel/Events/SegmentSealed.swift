public import Foundation

/// Pins the manifest of a sealed segment.
public struct SegmentSealed: LedgerEvent {
    public static let stream = "segment"
    public static let type = "SegmentSealed"

    /// Hex of the SHA-256 of the manifest file.
    public var manifestHash: String
    /// 16 random bytes.
    public var salt: Data
    public var segment: UInt64

    public init(manifestHash: String, salt: Data, segment: UInt64) {
        self.manifestHash = manifestHash
        self.salt = salt
        self.segment = segment
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("manifestHash", manifestHash)
        payload.binary("salt", salt)
        payload.integer("segment", segment)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        manifestHash = try payload.text("manifestHash")
        salt = try payload.binary("salt")
        segment = try payload.integer("segment")
    }
}
