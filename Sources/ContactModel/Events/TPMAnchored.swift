public import Foundation

/// How far the keeper had signed when its TPM's anchor counter stood where the TPM says (FORMAT 9.3).
public struct TPMAnchored: LedgerEvent {
    public static let stream = "segment"
    public static let type = "TPMAnchored"

    /// A TPM's certification of its anchor counter over the rest.
    public var certifyAttest: Data
    public var certifySignature: Data
    /// `START`, `RUNNING` or `STOP`.
    public var occasion: String
    /// Why a directory that was not the newest goes on here, in an operator's words; nil: it was.
    public var reason: String?
    /// Hex.
    public var root: String
    /// 16 random bytes.
    public var salt: Data
    public var size: UInt64

    public init(
        certifyAttest: Data, certifySignature: Data, occasion: String, reason: String?,
        root: String, salt: Data, size: UInt64
    ) {
        self.certifyAttest = certifyAttest
        self.certifySignature = certifySignature
        self.occasion = occasion
        self.reason = reason
        self.root = root
        self.salt = salt
        self.size = size
    }

    public func write(to payload: inout PayloadWriter) {
        payload.binary("certifyAttest", certifyAttest)
        payload.binary("certifySignature", certifySignature)
        payload.text("occasion", occasion)
        if let reason { payload.text("reason", reason) }
        payload.text("root", root)
        payload.binary("salt", salt)
        payload.integer("size", size)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        certifyAttest = try payload.binary("certifyAttest")
        certifySignature = try payload.binary("certifySignature")
        occasion = try payload.text("occasion")
        reason = try payload.optionalText("reason")
        root = try payload.text("root")
        salt = try payload.binary("salt")
        size = try payload.integer("size")
    }
}
