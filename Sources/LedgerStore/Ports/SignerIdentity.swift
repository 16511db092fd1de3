public import LedgerFormat

/// What a signer says of itself.
public struct SignerIdentity: Sendable {
    public let origin: String
    public let generation: UInt64
    public let keys: [TrustedKey]
    /// Size of the tree it recorded last.
    public let treeSize: UInt64

    public init(origin: String, generation: UInt64, keys: [TrustedKey], treeSize: UInt64) {
        self.origin = origin
        self.generation = generation
        self.keys = keys
        self.treeSize = treeSize
    }

    /// The trust file of a ledger with this one generation.
    ///
    /// - Throws: `LedgerStoreError.damaged` when the keys do not make a trust file.
    public func trustFile() throws(LedgerStoreError) -> TrustFile {
        do throws(TrustFileError) {
            return try TrustFile(generations: [
                .init(generation: generation, origin: origin, keys: keys)
            ])
        } catch {
            throw LedgerStoreError(
                .damaged, "The keeper's public keys do not make a trust file: \(error.message)")
        }
    }
}
