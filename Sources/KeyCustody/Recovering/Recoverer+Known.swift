import GRDB
import LedgerFormat

extension Recoverer {
    /// What a ledger shows of what this keeper signed, verified.
    struct Known: Sendable {
        /// Of the last sealed segment.
        let manifest: SegmentManifest?
        /// Ascending.
        let checkpoints: [Checkpoint]

        /// Where that counter stood with the last seal; nil: no seal here tells.
        func sealed(by counter: TPMCounter) -> UInt64? {
            // What another TPM counted is nothing to go on from.
            manifest?.attestation.flatMap { $0.counterName == counter.name ? $0.counter : nil }
        }

        /// Rows that are not here any more.
        func save(in tree: TreeRecord, _ db: Database, _ seal: StateSeal) throws {
            try ManifestRecord.drop(after: manifest?.body.segment ?? 0, db)
            if let manifest {
                let counter = try CounterRecord.of(.seal, db, seal).counter
                try ManifestRecord(manifest, counter: sealed(by: counter) ?? 0).save(db, seal)
            }
            for checkpoint in checkpoints {
                try tree.remember(checkpoint.size, checkpoint.root, db)
            }
        }
    }

    /// - Throws: `KeyCustodyError.invalid` for what this keeper did not sign.
    func known(manifest: [UInt8]?, notes: [[UInt8]]) throws(KeyCustodyError) -> Known {
        Known(
            manifest: try manifest.map { file throws(KeyCustodyError) in
                try signed(manifest: file)
            },
            checkpoints: try notes.map { note throws(KeyCustodyError) in try signed(note) })
    }

    func signed(_ note: [UInt8]) throws(KeyCustodyError) -> Checkpoint {
        let origin = hierarchy.logKey.name
        guard
            let verified = try? SignedNote(parsing: note).verified(by: hierarchy.signing.noteKeys),
            let checkpoint = try? Checkpoint(parsing: verified.text),
            checkpoint.origin == origin, checkpoint.size > 0
        else {
            throw KeyCustodyError(
                .invalid, "this is no checkpoint that this keeper signed for \(origin)")
        }
        return checkpoint
    }

    private func signed(manifest file: [UInt8]) throws(KeyCustodyError) -> SegmentManifest {
        guard let manifest = try? SegmentManifest(parsing: file),
            hierarchy.signing.manifestKeys.contains(where: {
                (try? manifest.verifySignature(spki: $0)) != nil
            })
        else {
            throw KeyCustodyError(.invalid, "this is no manifest that this keeper signed")
        }
        return manifest
    }
}
