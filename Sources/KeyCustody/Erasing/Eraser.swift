import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary

/// Makes subjects unreadable for good: in this keystore, in every copy of it, and in every copy of the sealed root.
///
/// ```
/// 1  keystore              a few buckets at a time: the subjects are gone, the others wrapped under new bucket keys
/// 2  keys/root.next        durable: a new root, sealed for the epoch after this one
/// 3  keystore              one transaction: all that the root wraps, under the new one
/// 4  the TPM's epoch       goes up by one: the old root stays sealed for ever
/// 5  keys/root.sealed      is what root.next was
/// ```
/// From 1 on an epoch is owed, which the order asked again brings; from 3 on the next start completes it by itself.
///
/// The keys are held alone (`KeyHierarchy.gate`) for the transactions only: whatever the TPM does, others are served.
public actor Eraser {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters
    private let subjects: SubjectKeys
    private let files: RootFiles
    /// One after the other: two erasures must not interleave where they wait.
    private var last: Task<ErasureEpochs, any Error>?

    init(
        keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters, subjects: SubjectKeys,
        files: RootFiles
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.counters = counters
        self.subjects = subjects
        self.files = files
    }

    /// Forgets the subjects of these orders. All together take one step of the epoch; those that were forgotten before
    /// take none.
    ///
    /// - Parameter orders: `ErasureOrdered` entries under this keeper's own checkpoints, with its tickets.
    /// - Returns: where the epoch stood and stands.
    /// - Throws: `KeyCustodyError.invalid` for an order that is none, before anything is done; `.equivocation` when the
    ///   TPM is not of the keystore's moment; `.unavailable` when it could not be done or not be finished: ask again.
    public func erase(_ orders: [ErasureOrder]) async throws(KeyCustodyError) -> ErasureEpochs {
        let tags = try ErasureOrderCheck(hierarchy).subjects(of: orders)
        let before = last
        let work = Task {
            _ = await before?.result
            return try await forget(tags)
        }
        last = work
        do {
            return try await work.value
        } catch {
            let refusal = Keystore.refusal(error)
            guard refusal.code == .cannotStart else { throw refusal }
            // Of a file or of the TPM: the keeper runs.
            throw KeyCustodyError(.unavailable, refusal.message, tpm: refusal.tpm)
        }
    }

    private func forget(_ tags: Set<SubjectTag>) async throws -> ErasureEpochs {
        try await finishInterrupted()
        let before = try await counters.current(.epoch).value
        let known = try await keystore.read { db in
            // One without a key that was not forgotten here has its key in another copy, which an epoch takes away, too.
            try tags.filter {
                try SubjectRow.find($0, db) != nil || !SubjectRow.isErased($0, db)
            }
        }
        try await renewBuckets(of: known)
        guard try await owesEpoch() else { return ErasureEpochs(before: before, after: before) }
        let secrets = RootSecrets(
            root: .random(count: hierarchy.root.count),
            counterAuthorization: counters.authorization)
        let file = try await files.writeNext(
            secrets, to: hierarchy.policyKey, epoch: before + 1)
        try await move(to: secrets, in: file)
        try await finishInterrupted()
        return ErasureEpochs(before: before, after: before + 1)
    }

    // MARK: - Steps

    private func renewBuckets(of tags: Set<SubjectTag>) async throws {
        for slice in BucketRenewal.slices(of: tags, among: subjects.count) {
            try await hierarchy.gate.alone {
                let renewal = BucketRenewal(hierarchy, forgetting: slice)
                let (erased, buckets) = try await keystore.commit(
                    weight: CustodyLimits.maxWeightPerCommit
                ) { db in try renewal.run(db) }
                hierarchy.replace(buckets, forgetting: slice.values.joined())
                subjects.forgot(erased)
            }
        }
    }

    private func owesEpoch() async throws -> Bool {
        try await keystore.read { db in try Keystore.owesEpoch(db) }
    }

    private func move(to secrets: RootSecrets, in file: SealedRoot) async throws {
        let (seal, mac) = (hierarchy.seal, secrets.mac(of: file))
        try await hierarchy.gate.alone {
            let rewrapping = Rewrapping(
                old: hierarchy.root.transientKey(), new: secrets.root.transientKey())
            let records = try await keystore.commit(
                weight: CustodyLimits.maxWeightPerCommit
            ) { db in
                try rewrapping.run(epoch: file.epoch, mac: mac, db)
                var counter = try CounterRecord.of(.epoch, db, seal)
                counter.move(to: file.epoch)
                try counter.save(db, seal)
                return try KeyRecord.all(db)
            }
            try hierarchy.replace(root: secrets.root, records)
        }
    }

    /// From the keystore's move on there is only one way.
    private func finishInterrupted() async throws {
        guard files.hasNext else { return }
        let (record, value) = try await counters.current(.epoch)
        guard try value != record.intended || files.next()?.epoch == value else {
            // A commit that failed may be in the file all the same, and a new start would find it. What is written over
            // it now ends that.
            try await keystore.commit { db in
                try db.execute(sql: "UPDATE meta SET owes_epoch = owes_epoch")
            }
            return try files.removeNext()
        }
        _ = try await counters.advance(.epoch, to: record.intended)
        try files.adoptNext()
        // What was forgotten must not live on in the log.
        keystore.owesTruncation()
        await keystore.truncateIfOwed()
    }
}

/// Where the epoch stood before an erasure and after it; alike when there was nothing left to forget.
public struct ErasureEpochs: Sendable, Equatable {
    public let before: UInt64
    public let after: UInt64
}
