import Foundation
import LedgerFormat
import Projections

/// What happens to entries behind the commit point: signed, then projected. The sequencer does it while it commits the
/// next, recovery does the same for what it finds without a signature.
struct SecondStage: Sendable {
    let signer: any TreeSigner
    let reindexer: any Reindexer
    let projections: ProjectionStore
    let identity: SignerIdentity
    let keys: KnownKeys
    let faults: FaultHooks
    /// Size that the signer recorded last, as far as known here.
    private(set) var recordedSize: UInt64

    init(
        signer: any TreeSigner, reindexer: any Reindexer, projections: ProjectionStore,
        identity: SignerIdentity, keys: KnownKeys, faults: FaultHooks
    ) {
        self.signer = signer
        self.reindexer = reindexer
        self.projections = projections
        self.identity = identity
        self.keys = keys
        self.faults = faults
        recordedSize = identity.treeSize
    }

    /// Signs a boundary, or signs it again where the signer recorded it already. Safe to repeat.
    ///
    /// - Throws: `LedgerStoreError.equivocation` when signer and ledger contradict each other: final.
    ///   Anything else: try again.
    mutating func sign(_ group: CommittedGroup) async throws -> SizedNote {
        let note = try await note(for: group)
        let checked = try check(note, size: group.size, root: group.root)
        recordedSize = max(recordedSize, group.size)
        try faults.reach(.signed)
        return checked
    }

    private mutating func note(for group: CommittedGroup) async throws -> [UInt8] {
        if recordedSize >= group.size { return try await resign(group) }
        guard recordedSize == group.fromSize else { throw contradiction(group) }
        do {
            return try await signer.sign(
                generation: identity.generation, fromSize: group.fromSize,
                leafHashes: group.leafHashes)
        } catch {
            // It may have recorded the tree although we got no answer.
            recordedSize = try await signer.identity().treeSize
            if recordedSize >= group.size { return try await resign(group) }
            guard recordedSize == group.fromSize else { throw contradiction(group) }
            throw error
        }
    }

    private func resign(_ group: CommittedGroup) async throws -> [UInt8] {
        try await signer.resign(generation: identity.generation, size: group.size)
    }

    /// Projects a signed group.
    func project(_ group: CommittedGroup) async throws {
        let entries = group.isRecovered ? try await completed(group.entries) : group.entries
        try projections.apply(entries)
        try faults.reach(.projected)
    }

    /// Adds what only the keeper can tell of contacts found in the segments.
    func completed(_ entries: [ProjectedEntry]) async throws -> [ProjectedEntry] {
        var items: [ReindexItem] = []
        for entry in entries {
            guard let event = entry.event.identity, let subject = entry.header.subject else {
                continue
            }
            var values = [("contactId", event.contactId), ("email", event.email)]
            if let name = event.fullName { values.append(("fullName", name)) }
            for (field, value) in values {
                items.append(
                    ReindexItem(
                        subject: subject, entity: event.entity, field: field,
                        label: entry.header.label, value: value))
            }
        }
        guard !items.isEmpty else { return entries }
        var answers = try await reindexer.reindex(items).makeIterator()
        return entries.map { entry in
            guard let event = entry.event.identity, entry.header.subject != nil else {
                return entry
            }
            let answer = (answers.next(), answers.next())
            var words = NameIndex()
            if event.fullName != nil, case .words(let bytes)? = answers.next() {
                words = NameIndex(bytes) ?? NameIndex()
            }
            var side: SideInformation?
            if case (.contactID(let bytes), .index(let value)) = answer,
                let id = ContactID(bytes)
            {
                side = SideInformation(
                    contactID: id,
                    unique: [UniqueValue(index: ValidatedAppend.emailIndex, value: value)],
                    words: words)
            }
            return ProjectedEntry(
                header: entry.header, leafHash: entry.leafHash, event: entry.event, side: side)
        }
    }

    /// The signer's note must be what we would have written, under a key that counts.
    func check(_ note: [UInt8], size: UInt64, root: Digest32) throws -> SizedNote {
        let keys = keys.trust.logKeys(generation: identity.generation, size: size)
        let checkpoint: Checkpoint
        do {
            let verified = try SignedNote(parsing: note).verified(by: keys)
            guard verified.note.signatures.count == 1 else {
                throw SignedNoteError.malformed(reason: "a second line")
            }
            checkpoint = try Checkpoint(parsing: verified.text)
        } catch {
            throw LedgerStoreError(
                .equivocation, "The checkpoint of size \(size) does not verify: \(error).")
        }
        guard checkpoint.origin == identity.origin, checkpoint.size == size,
            checkpoint.root == root
        else {
            throw LedgerStoreError(
                .equivocation,
                "The checkpoint of size \(size) speaks of \(checkpoint.origin) at size "
                    + "\(checkpoint.size) or of another root than the segments have. Stop, keep the data "
                    + "directory, and run chancery-verify.")
        }
        return SizedNote(size: size, note: Data(note))
    }

    private func contradiction(_ group: CommittedGroup) -> LedgerStoreError {
        LedgerStoreError(
            .equivocation,
            "The ledger is to be signed from size \(group.fromSize) to \(group.size), but the keeper "
                + "recorded size \(recordedSize). Stop, keep the data directory, and run chancery-verify."
        )
    }
}
