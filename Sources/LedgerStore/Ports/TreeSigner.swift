public import LedgerFormat

/// The keeper as the ledger sees it: it signs trees that it rebuilds itself, and manifests that agree with
/// them. Every call may be repeated. A signer that finds a request to contradict its record throws
/// `LedgerStoreError` with code `equivocation`; any other error means that it cannot answer now.
public protocol TreeSigner: Sendable {
    /// Its keys, and the size of the tree it recorded last.
    func identity() async throws -> SignerIdentity

    /// Extends the signer's tree of exactly `fromSize` leaves and signs the result.
    ///
    /// - Returns: the signed checkpoint's bytes. Without an answer the signer may have signed all the same:
    ///   `identity().treeSize` tells.
    func sign(
        generation: UInt64, fromSize: UInt64, leafHashes: [Digest32]
    ) async throws -> [UInt8]

    /// Signs a recorded boundary again, to the same bytes.
    func resign(generation: UInt64, size: UInt64) async throws -> [UInt8]

    /// One step of putting the successor that was drawn in the place of the key that signs. May be repeated.
    ///
    /// - Returns: its keys after it.
    func rotate(_ key: SigningKeyUse, _ step: KeyRotationStep) async throws -> SignerIdentity

    /// Signs a recorded boundary for publication, with a second line, by a hardware key. May take its time, or fail while all
    /// else works.
    func signPublished(generation: UInt64, size: UInt64) async throws -> [UInt8]

    /// Signs a receipt of an entry that it finds in a tree which it signed.
    ///
    /// - Returns: a detached JWS (FORMAT 7.1).
    func signReceipt(_ receipt: [UInt8]) async throws -> String

    /// - Parameter body: canonical bytes of the manifest body.
    /// - Returns: the manifest with that body, signed and attested.
    func signManifest(body: [UInt8]) async throws -> SegmentManifest
}
