import GRDB
import LedgerFormat

/// Compares a manifest with the keeper's own record of the tree and of the manifests before it.
struct ManifestCheck: Sendable {
    let generation: UInt64
    let seal: StateSeal

    var tree: TreeRecord { TreeRecord(generation: generation, seal: seal) }

    enum Answer: Sendable {
        /// It was signed before, byte for byte: the file made then is the answer.
        case known(SegmentManifest)
        /// To be signed, with the seal counter at this value.
        case sign(counter: UInt64)
    }

    /// - Throws: `KeyCustodyError.equivocation` for one that must not be signed.
    func answer(_ new: SegmentManifestBody, _ db: Database) throws -> Answer {
        let last = try ManifestRecord.last(db, seal)
        if let last, new.segment <= last.body.segment {
            return try again(new, last: last, db)
        }
        let recorded = try tree.root(at: new.treeSize, db)
        guard recorded == new.root else {
            throw KeyCustodyError(
                .equivocation,
                "the manifest of segment \(new.segment) has a root at size \(new.treeSize) that this "
                    + "keeper never signed; verify the ledger before sealing")
        }
        // A new generation counts its leaves from 0 again; segments count on.
        let firstIndex = last?.body.generation == new.generation ? last?.body.treeSize ?? 0 : 0
        let next = (last?.body.segment ?? 0) + 1
        guard new.segment == next, new.firstIndex == firstIndex else {
            throw KeyCustodyError(
                .equivocation,
                "segment \(new.segment) from index \(new.firstIndex) does not follow the last one "
                    + "signed; segment \(next) from index \(firstIndex) is next. Seal in order")
        }
        guard new.previousManifestHash == last?.manifest.hash else {
            throw KeyCustodyError(
                .equivocation,
                "the manifest of segment \(new.segment) does not name the one signed last for segment "
                    + "\(new.segment - 1); restore that manifest before sealing")
        }
        let counter = try CounterRecord.of(.seal, db, seal)
        return .sign(counter: max(last?.counter ?? 0, counter.first) + 1)
    }

    private func again(
        _ new: SegmentManifestBody, last: ManifestRecord, _ db: Database
    ) throws -> Answer {
        let known = try ManifestRecord.of(segment: new.segment, db, seal)
        if let known, known.body == new { return .known(known.manifest) }
        let isLast = new.segment == last.body.segment
        guard isLast,
            try last.body.ofFile(new.fileHash, size: new.fileSize, sealedAt: new.sealedAt) == new
        else {
            throw KeyCustodyError(
                .equivocation,
                "segment \(new.segment) was sealed before and the manifest was another"
                    + (isLast ? " in more than its file" : "")
                    + "; verify the ledger before sealing")
        }
        return .sign(counter: last.counter)
    }
}

extension SegmentManifestBody {
    /// The same segment in another making of its file.
    fileprivate func ofFile(
        _ hash: Digest32, size: UInt64, sealedAt: LedgerTime
    ) throws(SegmentManifestError) -> SegmentManifestBody {
        try SegmentManifestBody(
            segment: segment, generation: generation, origin: origin, firstIndex: firstIndex,
            count: count, firstLeafHash: firstLeafHash, lastLeafHash: lastLeafHash, root: root,
            subjectHeadsRoot: subjectHeadsRoot, fileHash: hash, fileSize: size,
            previousManifestHash: previousManifestHash, sealedAt: sealedAt)
    }
}
