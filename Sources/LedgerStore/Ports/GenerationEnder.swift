public import Foundation
public import LedgerFormat

/// The keeper, when it was started to recover (FORMAT 9.2). Every call may be repeated.
public protocol GenerationEnder: Sendable {
    /// Why the keeper refuses to start as usual; nil: it does not.
    func problem() async throws -> String?

    /// Takes the ledger's tree for the one that it signed last, if it is shown that nothing else was signed.
    ///
    /// - Parameters:
    ///   - manifest: as of `begin`.
    ///   - notes: as of `begin`.
    ///   - keys: as of `end`.
    /// - Returns: why the generation may not go on; nil: it does.
    func resume(
        at end: AnchoredEnd, manifest: [UInt8]?, notes: [[UInt8]], keys: AnnouncedKeys,
        reason: String
    ) async throws -> String?

    /// From here on nothing of the generation is signed any more but the seal of what is here.
    ///
    /// - Parameters:
    ///   - manifest: file of the last sealed segment; nil: none is.
    ///   - notes: of each segment that is not sealed its largest checkpoint, the last one of all that is here; none:
    ///     nothing of the generation is.
    func begin(manifest: [UInt8]?, notes: [[UInt8]]) async throws

    /// - Parameters:
    ///   - note: the checkpoint of all that is here, and sealed; nil: nothing of the generation is.
    ///   - known: the largest checkpoint that is known elsewhere; nil: none is.
    ///   - keys: what its entries say of keys: nothing else is in its part of the trust file.
    /// - Returns: the generation that begins.
    func end(
        note: [UInt8]?, known: [UInt8]?, keys: AnnouncedKeys, reason: String
    ) async throws -> UInt64
}

/// A ledger whose last entry is an anchor (FORMAT 9.3).
public struct AnchoredEnd: Sendable {
    /// Payload of that entry.
    public let anchor: Data
    /// Hashes of the perfect subtrees of the tree without it, largest first.
    public let subtrees: [Digest32]
    /// Its leaf hash.
    public let leaf: Digest32
    /// From the tree that the keeper recorded last to the tree without that entry.
    public let consistency: [Digest32]
}

/// Ids of the keys that a generation announces, and of those that it retires.
public struct AnnouncedKeys: Sendable, Equatable {
    public var activated: Set<String> = []
    public var retired: Set<String> = []

    public init(activated: Set<String> = [], retired: Set<String> = []) {
        self.activated = activated
        self.retired = retired
    }
}
