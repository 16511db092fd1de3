public import Foundation

/// The first entry of a generation that goes on where another had to end: what is known of the one that ended, and what of
/// it is still here. Where `size` is less than `knownSize`, entries that were signed are lost.
public struct LedgerRecovered: LedgerEvent {
    public static let stream = "segment"
    public static let type = "LedgerRecovered"

    /// A TPM's certification of its seal counter over `knownSize` and the rest (FORMAT 9.2).
    public var certifyAttest: Data
    public var certifySignature: Data
    /// The generation that ended.
    public var ended: UInt64
    /// Root, in hex, and size of the largest tree of it that the keeper or the segments know to be signed.
    public var knownRoot: String
    public var knownSize: UInt64
    /// Why, in the operator's words.
    public var reason: String
    /// Root, in hex, and size of its tree as it stands in the segments: what the ledger goes on with.
    public var root: String
    /// 16 random bytes.
    public var salt: Data
    public var size: UInt64

    public init(
        certifyAttest: Data, certifySignature: Data, ended: UInt64, knownRoot: String,
        knownSize: UInt64, reason: String, root: String, salt: Data, size: UInt64
    ) {
        self.certifyAttest = certifyAttest
        self.certifySignature = certifySignature
        self.ended = ended
        self.knownRoot = knownRoot
        self.knownSize = knownSize
        self.reason = reason
        self.root = root
        self.salt = salt
        self.size = size
    }

    public func write(to payload: inout PayloadWriter) {
        payload.binary("certifyAttest", certifyAttest)
        payload.binary("certifySignature", certifySignature)
        payload.integer("ended", ended)
        payload.text("knownRoot", knownRoot)
        payload.integer("knownSize", knownSize)
        payload.text("reason", reason)
        payload.text("root", root)
        payload.binary("salt", salt)
        payload.integer("size", size)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        certifyAttest = try payload.binary("certifyAttest")
        certifySignature = try payload.binary("certifySignature")
        ended = try payload.integer("ended")
        knownRoot = try payload.text("knownRoot")
        knownSize = try payload.integer("knownSize")
        reason = try payload.text("reason")
        root = try payload.text("root")
        salt = try payload.binary("salt")
        size = try payload.integer("size")
    }
}
