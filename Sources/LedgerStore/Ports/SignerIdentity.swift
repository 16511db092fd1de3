public import Foundation
public import LedgerFormat

/// The keys under which values are encrypted.
public struct DayKeySummary: Sendable, Equatable {
    /// Nil: none was drawn yet.
    public var active: String?
    public var oldest: String?
    public var count: UInt64

    public init(active: String? = nil, oldest: String? = nil, count: UInt64 = 0) {
        self.active = active
        self.oldest = oldest
        self.count = count
    }
}

/// What a signer says of itself.
public struct SignerIdentity: Sendable {
    public let origin: String
    public let generation: UInt64
    public let keys: [TrustedKey]
    /// Ids of those whose private half is gone, here and in every older copy.
    public let destroyed: Set<String>
    public let dayKeys: DayKeySummary
    /// Generations that ended, with their keys.
    public let past: [TrustFile.Generation]
    /// Keys that the next generation will announce, with which the rest of one that ends is sealed.
    public let coming: [TrustedKey]
    /// Payload of the `LedgerRecovered` that this generation begins with; nil for the first.
    public let recovered: Data?
    /// Size of the tree it recorded last.
    public let treeSize: UInt64

    public init(
        origin: String, generation: UInt64, keys: [TrustedKey], treeSize: UInt64,
        destroyed: Set<String> = [], dayKeys: DayKeySummary = DayKeySummary(),
        past: [TrustFile.Generation] = [], coming: [TrustedKey] = [],
        recovered: Data? = nil
    ) {
        self.origin = origin
        self.generation = generation
        self.keys = keys
        self.destroyed = destroyed
        self.dayKeys = dayKeys
        self.treeSize = treeSize
        self.past = past
        self.coming = coming
        self.recovered = recovered
    }

    /// The trust file of the ledger.
    ///
    /// - Throws: `LedgerStoreError.damaged` when the keys do not make a trust file.
    public func trustFile() throws(LedgerStoreError) -> TrustFile { try trustFile(of: keys) }

    /// The same for whoever ends the generation: with what is known of the next one.
    ///
    /// - Throws: as `trustFile()`.
    func trustFileOfItsEnd() throws(LedgerStoreError) -> TrustFile {
        guard let name = LedgerOrigin(origin)?.name, !coming.isEmpty,
            let next = LedgerOrigin(name: name, generation: generation + 1)
        else { return try trustFile() }
        return try trustFile(
            of: keys,
            before: [.init(generation: next.generation, origin: next.text, keys: coming)])
    }

    /// With these of its keys, which is as far as somebody knows of them.
    ///
    /// - Throws: as `trustFile()`.
    func trustFile(
        of keys: [TrustedKey], before next: [TrustFile.Generation] = []
    ) throws(LedgerStoreError) -> TrustFile {
        do throws(TrustFileError) {
            return try TrustFile(
                generations: past + [.init(generation: generation, origin: origin, keys: keys)]
                    + next)
        } catch {
            throw LedgerStoreError(
                .damaged, "The keeper's public keys do not make a trust file: \(error.message)")
        }
    }
}
