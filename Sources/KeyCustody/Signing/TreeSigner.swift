public import LedgerFormat

/// Signs checkpoints of a tree that it rebuilds itself: it takes leaf hashes, never a root.
///
/// What was signed is on disk before the signature leaves, so under one origin there are never two trees
/// of one size, nor a smaller tree, whatever the ledger asks and whenever power fails. Ed25519 is
/// deterministic: signing a recorded boundary again gives the same bytes.
public struct TreeSigner: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let record: TreeRecord
    private let anchorer: Anchorer
    private let memory = FrontierMemory()

    init(keystore: Keystore, hierarchy: KeyHierarchy, anchorer: Anchorer) {
        self.keystore = keystore
        self.anchorer = anchorer
        self.hierarchy = hierarchy
        record = TreeRecord(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
    }

    /// Appends `leafHashes` to the tree of `fromSize` leaves and signs the result.
    ///
    /// A ledger that did not hear the answer to an earlier call asks `resign`.
    /// - Returns: the signed checkpoint, a C2SP note of one signature line.
    /// - Throws: `KeyCustodyError.equivocation` when `fromSize` is not the size last recorded, naming both;
    ///   `.invalid` for no or too many leaves or an unknown generation; `.unavailable`.
    public func extend(
        generation: UInt64, fromSize: UInt64, leafHashes: [Digest32]
    ) async throws(KeyCustodyError) -> [UInt8] {
        try check(generation)
        guard !leafHashes.isEmpty, leafHashes.count <= CustodyLimits.maxLeafHashes else {
            throw KeyCustodyError(
                .invalid,
                "a group has 1 to \(CustodyLimits.maxLeafHashes) leaf hashes, not "
                    + "\(leafHashes.count)")
        }
        // A key that takes over must know which sizes are the old one's.
        return try await hierarchy.signingGate.shared { () async throws(KeyCustodyError) in
            try await anchorer.admit(fromSize &+ UInt64(leafHashes.count))
            let signed = try await advance(from: fromSize, by: leafHashes)
            memory.keep(signed)
            return try note(size: signed.size, root: signed.root)
        }
    }

    private func advance(
        from fromSize: UInt64, by leafHashes: [Digest32]
    ) async throws(KeyCustodyError) -> MerkleFrontier {
        let (record, memory) = (record, memory)
        return try await keystore.commit(.signing, weight: 2) { db in
            // The frontier remembered is right unless something failed; what is in the file decides.
            if var frontier = memory.take(), frontier.size == fromSize {
                for leaf in leafHashes { frontier.append(leaf) }
                if try record.advance(from: fromSize, to: frontier, db) { return frontier }
            }
            var frontier = try record.frontier(db)
            guard frontier.size == fromSize else {
                throw Self.contradiction(
                    asked: fromSize, recorded: frontier.size,
                    known: try record.root(at: fromSize &+ UInt64(leafHashes.count), db) != nil)
            }
            for leaf in leafHashes { frontier.append(leaf) }
            guard try record.advance(from: fromSize, to: frontier, db) else {
                throw Self.contradiction(asked: fromSize, recorded: frontier.size, known: false)
            }
            return frontier
        }
    }

    /// Signs again a boundary already recorded, to the same bytes.
    /// - Throws: `KeyCustodyError.equivocation` for a size this keeper has no record of.
    public func resign(generation: UInt64, size: UInt64) async throws(KeyCustodyError) -> [UInt8] {
        try check(generation)
        let record = record
        let root = try await keystore.read { db in
            if let root = try record.root(at: size, db) { return root }
            let recorded = try record.frontier(db).size
            throw KeyCustodyError(
                .equivocation,
                "no boundary of size \(size) is recorded (signed up to \(recorded)); boundaries are "
                    + "kept from the last manifest on")
        }
        return try note(size: size, root: root)
    }

    /// Size of the tree last recorded.
    public func recordedSize() async throws(KeyCustodyError) -> UInt64 {
        let record = record
        return try await keystore.read { db in try record.frontier(db).size }
    }

    private func check(_ generation: UInt64) throws(KeyCustodyError) {
        let own = hierarchy.logKey.generation
        guard generation == own else {
            throw KeyCustodyError(
                .invalid, "this keeper signs for generation \(own), not \(generation)")
        }
    }

    private static func contradiction(
        asked: UInt64, recorded: UInt64, known: Bool
    ) -> KeyCustodyError {
        let way =
            known
            ? "the boundary it would reach is recorded: ask to sign it again instead"
            : asked < recorded
                ? "a signed tree never shrinks; the ledger lost entries or was restored from a backup"
                : "leaves are missing; send those from \(recorded) on"
        return KeyCustodyError(
            .equivocation,
            "asked to extend the tree from size \(asked), recorded size is \(recorded): "
                + way)
    }

    private func note(size: UInt64, root: Digest32) throws(KeyCustodyError) -> [UInt8] {
        guard let key = hierarchy.signing.logKey(at: size) else {
            throw KeyCustodyError(
                .equivocation,
                "the log key for size \(size) was retired and destroyed; its checkpoint is in the segments"
            )
        }
        do {
            let checkpoint = try Checkpoint(origin: key.name, size: size, root: root)
            return try checkpoint.signedNote(keyName: key.name, keyID: key.keyID, signer: key.sign)
                .bytes
        } catch {
            throw KeyCustodyError(.unavailable, "the checkpoint could not be written as a note")
        }
    }
}
