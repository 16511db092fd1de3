import ContactModel
import Foundation
import GRDB
import LedgerFormat

// In the same generation, where it is shown that nothing signed is lost.

extension Recoverer {
    /// Takes the ledger's tree for its own, if it extends the one recorded here and the TPM, whose anchor has not moved since, has
    /// certified that nothing else was signed. All in one transaction; then the anchor moves, so that every other copy refuses.
    ///
    /// - Parameters:
    ///   - manifest: as of `begin`.
    ///   - notes: as of `begin`; the last one is of the whole tree.
    ///   - said: what the generation's entries say of keys.
    ///   - reason: an operator's words, for the ledger's next anchor.
    /// - Returns: why it may not go on in this generation; nil: it does.
    /// - Throws: as `begin`.
    public func resume(
        at end: CertifiedEnd, manifest: [UInt8]?, notes: [[UInt8]], keys said: AnnouncedKeys,
        reason: String
    ) async throws(KeyCustodyError) -> String? {
        try Self.check(reason: reason)
        let newest = try known(manifest: manifest, notes: notes)
        guard let last = newest.checkpoints.last else { return "nothing of the generation is here" }
        let values: Values
        switch try await currentValues(newest) {
        case .failure(let refusal): return refusal.reason
        case .success(let found): values = found
        }
        if let refusal = keyProblem(said) { return refusal }
        guard var tree = MerkleFrontier(size: end.anchor.size, hashes: end.subtrees),
            tree.root.hex == end.anchor.root
        else { return "its tree is not the one that its last anchor tells of" }
        if let refusal = certificationProblem(end.anchor, of: tree, at: values) { return refusal }
        let before = try await recordedTree()
        guard
            (try? MerkleProof.verifyConsistency(
                from: before.size, to: tree.size, proof: end.consistency, fromRoot: before.root,
                toRoot: tree.root)) != nil
        else { return "its tree does not extend the one that this keeper signed last" }
        tree.append(end.leaf)
        guard tree.size == last.size, tree.root == last.root else {
            return "entries stand behind the last anchor"
        }
        try await adopt(tree, newest, values, reason: reason)
        _ = try await counters.advance(.anchor)
        return nil
    }

    private struct Values {
        let seal: UInt64
        let anchor: CounterRecord
        let anchorValue: UInt64
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// Where the TPM's counters stand, if no seal and no start came after what is here.
    private func currentValues(
        _ newest: Known
    ) async throws(KeyCustodyError) -> Result<Values, Refusal> {
        let (anchor, seal) = (
            try await counters.record(.anchor), try await counters.record(.seal)
        )
        guard !anchor.owesRecovery else {
            return .failure(Refusal(reason: "the generation's end was begun already"))
        }
        let value = try await counters.value(.anchor)
        guard value > anchor.intended else {
            return .failure(Refusal(reason: "the keystore is not older than its TPM"))
        }
        let seals = try await counters.value(.seal)
        guard seals == newest.sealed(by: seal.counter) ?? seal.first else {
            return .failure(
                Refusal(
                    reason: "the TPM's seal counter stands at \(seals), which no seal here shows"))
        }
        return .success(Values(seal: seals, anchor: anchor, anchorValue: value))
    }

    private func certificationProblem(
        _ anchor: TPMAnchored, of tree: MerkleFrontier, at values: Values
    ) -> String? {
        guard anchor.occasion == AnchorStatement.Occasion.stop.rawValue else {
            return "the ledger did not end with a clean stop"
        }
        guard
            let said = try? CounterCertification(
                attest: [UInt8](anchor.certifyAttest), signature: [UInt8](anchor.certifySignature)),
            said.isSigned(by: hierarchy.attestationKey.publicKey),
            said.counterName == values.anchor.counter.name
        else { return "its last anchor was certified by another TPM" }
        let statement = AnchorStatement(
            origin: hierarchy.logKey.name, size: tree.size, root: tree.root, occasion: .stop)
        guard said.digest == statement.digest else {
            return "the TPM certified another tree than its last anchor says"
        }
        guard said.counter == values.anchorValue else {
            return
                "its last anchor was certified at \(said.counter), the TPM's stands at \(values.anchorValue): a keeper has been "
                + "started since"
        }
        return nil
    }

    private func keyProblem(_ said: AnnouncedKeys) -> String? {
        guard let keys = try? hierarchy.trustedKeys() else { return "its keys cannot be read" }
        let retired = Set(keys.filter { $0.untilSize != nil }.map(\.keyID))
        return said.activated.isSubset(of: Set(keys.map(\.keyID))) && said.retired == retired
            ? nil : "its entries tell of keys that this keystore does not have so"
    }

    private func adopt(
        _ tree: MerkleFrontier, _ newest: Known, _ values: Values, reason: String
    ) async throws(KeyCustodyError) {
        let (seal, hierarchy, now) = (hierarchy.seal, hierarchy, clock.now())
        let record = self.tree
        try await keystore.commit(.signing) { db in
            try newest.save(in: record, db, seal)
            try record.adopt(tree, db)
            // What was encrypted under keys that this keystore does not know must not look like values of the next ones.
            _ = try hierarchy.nextDayKey(at: now, db)
            for (purpose, value) in [
                (CounterRecord.Purpose.seal, values.seal), (.anchor, values.anchorValue),
            ] {
                var counter = try CounterRecord.of(purpose, db, seal)
                counter.adopt(value)
                if purpose == .anchor { counter.reason = reason }
                try counter.save(db, seal)
            }
        }
    }
}
