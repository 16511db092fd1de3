import Foundation
import GRDB
public import LedgerFormat
import ProcessBoundary

/// Makes subjects unreadable for good: in this keystore, in every copy of it, and in every copy of the sealed root.
///
/// ```
/// 1  keys/root.next        durable: a new root, sealed for the epoch after this one
/// 2  keystore              one transaction: all under the new root, but the subjects that are forgotten
/// 3  the TPM's epoch       goes up by one: the old root stays sealed for ever
/// 4  keys/root.sealed      is what root.next was
/// ```
/// A crash before 2 is as if nothing had been asked; from 2 on the next start completes it.
public actor Eraser {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters
    private let subjects: SubjectKeys
    private let files: RootFiles

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

    /// Forgets the subjects of these orders. All together take one step of the epoch; those that have no key any more
    /// take none.
    ///
    /// - Parameter orders: receipts of `ErasureOrdered` entries under this keeper's own checkpoints.
    /// - Returns: where the epoch stood and stands.
    /// - Throws: `KeyCustodyError.invalid` for an order that is none, before anything is done; `.unavailable` when it
    ///   could not be done or not be finished: ask again.
    public func erase(_ orders: [InclusionReceipt]) async throws(KeyCustodyError) -> ErasureEpochs {
        let check = ErasureOrderCheck(logKey: hierarchy.logKey)
        var tags: Set<SubjectTag> = []
        for order in orders { tags.insert(try check.subject(of: order)) }
        // Two erasures must not interleave where they wait.
        while let running { try? await running.value }
        let work = Task { try await replace(tags) }
        let wait = Task { _ = try await work.value }
        running = wait
        defer { running = nil }
        do {
            return try await work.value
        } catch {
            throw Keystore.refusal(error)
        }
    }

    private var running: Task<Void, any Error>?

    private func replace(_ tags: Set<SubjectTag>) async throws -> ErasureEpochs {
        try await hierarchy.gate.alone {
            try await finishInterrupted()
            let before = try await counters.current(.epoch).value
            let known = try await keystore.read { db in
                try tags.contains { try SubjectRow.find($0, db) != nil }
            }
            guard known else { return ErasureEpochs(before: before, after: before) }
            let root = SecretBytes.random(count: hierarchy.root.count)
            try await files.writeNext(
                RootSecrets(root: root, counterAuthorization: counters.authorization),
                epoch: before + 1)
            try await move(to: root, epoch: before + 1, without: tags)
            try await finishInterrupted()
            return ErasureEpochs(before: before, after: before + 1)
        }
    }

    private func move(
        to root: SecretBytes, epoch: UInt64, without tags: Set<SubjectTag>
    ) async throws {
        let rewrapping = Rewrapping(
            old: hierarchy.root.transientKey(), new: root.transientKey(),
            buckets: hierarchy.buckets, forgotten: tags)
        let seal = hierarchy.seal
        let (erased, rows) = try await keystore.commit(weight: CustodyLimits.maxWeightPerCommit) {
            db in
            let erased = try rewrapping.run(epoch: epoch, db)
            var counter = try CounterRecord.of(.epoch, db, seal)
            counter.intended = epoch
            try counter.save(db, seal)
            return (erased, try StoredKeys(db))
        }
        hierarchy.replace(try KeyHierarchy.Rooted(root: root, rows), forgetting: tags)
        subjects.forgot(erased)
    }

    /// From the keystore's commit on there is only one way.
    private func finishInterrupted() async throws {
        guard files.hasNext else { return }
        let (record, value) = try await counters.current(.epoch)
        guard try value != record.intended || files.next()?.epoch == value else {
            // Never committed.
            return try files.removeNext()
        }
        _ = try await counters.advance(.epoch, to: record.intended)
        try files.adoptNext()
        // What was forgotten must not live on in the log.
        _ = await keystore.truncateLog()
    }
}

/// Where the epoch stood before an erasure and after it; alike when there was nothing left to forget.
public struct ErasureEpochs: Sendable, Equatable {
    public let before: UInt64
    public let after: UInt64
}
