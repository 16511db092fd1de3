public import Foundation

/// The keeper has destroyed a person's key: what the ledger holds of them cannot be read again, by nobody.
public struct SubjectErased: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "SubjectErased"

    /// Where the TPM's erasure epoch stands since: no root sealed before it can be opened.
    public var epochAfter: UInt64
    /// Where it stood; the same where the key had been destroyed by an earlier try.
    public var epochBefore: UInt64
    /// Index of the `ErasureOrdered`.
    public var ordered: UInt64
    /// Its generation, where that is not the one of this entry.
    public var orderedGeneration: UInt64?
    /// 16 random bytes.
    public var salt: Data

    public init(
        epochAfter: UInt64, epochBefore: UInt64, ordered: UInt64,
        orderedGeneration: UInt64? = nil, salt: Data
    ) {
        self.epochAfter = epochAfter
        self.epochBefore = epochBefore
        self.ordered = ordered
        self.orderedGeneration = orderedGeneration
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.integer("epochAfter", epochAfter)
        payload.integer("epochBefore", epochBefore)
        payload.integer("ordered", ordered)
        if let orderedGeneration { payload.integer("orderedGeneration", orderedGeneration) }
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        epochAfter = try payload.integer("epochAfter")
        epochBefore = try payload.integer("epochBefore")
        ordered = try payload.integer("ordered")
        orderedGeneration = try payload.optionalInteger("orderedGeneration")
        salt = try payload.binary("salt")
    }
}
