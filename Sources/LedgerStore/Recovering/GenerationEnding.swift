import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Projections

/// The steps of `Ledger.recover`.
///
/// ```
/// 1  verify        all of it, as an auditor would
/// 2  sign again    boundaries that the keeper recorded and the segment lacks
///    resume        that is all, if nothing that was signed can be lost
/// 3  cut           what comes behind the last checkpoint is set aside: another copy may have gone on otherwise
/// 4  begin         the keeper signs nothing of this generation any more but seals
/// 5  seal          what is here
/// 6  end           the keeper begins the next generation, which the next start writes
/// ```
struct GenerationEnding {
    let configuration: LedgerConfiguration
    let signer: any TreeSigner
    let ender: any GenerationEnder
    let reindexer: any Reindexer

    func run(reason: String, known: [[UInt8]]) async throws -> RecoveryReport? {
        let identity = try await signer.identity()
        var directory = try LedgerDirectory(configuration.directory)
        guard let last = directory.segments.last else {
            throw LedgerStoreError(
                .damaged,
                "There is no segment here: nothing to recover. Restore a backup of the ledger first."
            )
        }
        try await verify(directory, identity)
        let state = try await state(directory, last, identity)
        let newest = try newest(of: known, directory, state, identity)
        let missing = behind(state, identity) ?? behind(state, newest)
        guard let problem = try await ender.problem() ?? missing else { return nil }
        let size = max(identity.treeSize, state.signed, newest?.size ?? 0)
        let notInPlace: String?
        if missing == nil {
            notInPlace = try await resume(directory, state, identity, reason: reason)
        } else {
            notInPlace = "entries that were signed are missing"
        }
        guard let notInPlace else {
            return RecoveryReport(
                problem: problem, notInPlace: nil, ended: identity.generation, size: state.signed,
                knownSize: size, unsigned: 0, begun: nil)
        }

        let unsigned = try cut(directory.file(last), state)
        directory = try LedgerDirectory(directory.path)
        try await ender.begin(
            manifest: try lastManifest(directory), notes: try openNotes(directory, state))
        // A subject whose key is lost must not be found any more, lest it gets a second one.
        try ProjectionStore.delete(path: configuration.projectionsPath)
        try await seal(directory)
        let begun = try await ender.end(
            note: state.note.map { Array($0.note) }, known: newest.map { Array($0.note) },
            keys: try announcedKeys(directory, of: identity.generation), reason: reason)
        return RecoveryReport(
            problem: problem, notInPlace: notInPlace, ended: identity.generation,
            size: state.signed, knownSize: size, unsigned: unsigned, begun: begun)
    }

    // MARK: - What is here

    struct State {
        /// Of the last segment.
        let firstIndex: UInt64
        let isSealed: Bool
        /// Entries of the keeper's generation, signed or not.
        let size: UInt64
        /// Over the signed ones; nil: there are none.
        let note: SizedNote?

        var signed: UInt64 { note?.size ?? 0 }
    }

    private func verify(
        _ directory: LedgerDirectory, _ identity: SignerIdentity
    ) async throws {
        let trust = try identity.trustFileOfItsEnd()
        let here = Set(try directory.segments.map { try generation(directory, $0) })
        let known = try TrustFile(
            generations: trust.generations.filter {
                here.contains($0.generation) || $0.generation > identity.generation
            })
        var verifier = LedgerVerifier(trust: known)
        do throws(VerificationFailure) {
            for number in directory.segments {
                let file = directory.file(number)
                _ = try await verifier.verify(
                    UnverifiedSegment(
                        number: number, path: file.path,
                        manifestPath: DurableFile.exists(file.manifestPath)
                            ? file.manifestPath : nil))
            }
        } catch {
            throw SegmentContents.damaged(
                "The ledger does not verify, so nothing was changed: \(error)")
        }
    }

    private func generation(_ directory: LedgerDirectory, _ number: UInt64) throws -> UInt64 {
        try read(directory, number) { db in
            try SegmentContents.identity(db, number: number).generation
        }
    }

    private func state(
        _ directory: LedgerDirectory, _ last: UInt64, _ identity: SignerIdentity
    ) async throws -> State {
        let isSealed = directory.segments.count == directory.sealed
        let (row, size) = try read(directory, last) { db in
            let row = try SegmentContents.identity(db, number: last)
            return (row, try SegmentContents.end(db, firstIndex: row.firstIndex, number: last))
        }
        // The keeper's generation was begun, and nothing of it was written yet.
        if row.generation < identity.generation, isSealed {
            return State(firstIndex: 0, isSealed: true, size: 0, note: nil)
        }
        guard row.generation == identity.generation else {
            throw LedgerStoreError(
                .damaged,
                "The last segment is of generation \(row.generation), the keeper signs for generation "
                    + "\(identity.generation): ledger/ and keys/ are not of one backup. Restore both from the same one."
            )
        }
        if !isSealed { try await signAgain(directory.file(last), identity) }
        let note = try lastNote(directory, of: row.generation, upTo: size)
        guard note != nil || !identity.past.isEmpty else {
            throw LedgerStoreError(
                .damaged,
                "Nothing was ever signed, so there is nothing to go on with. Move the data directory away and begin "
                    + "an empty ledger.")
        }
        return State(firstIndex: row.firstIndex, isSealed: isSealed, size: size, note: note)
    }

    private func lastNote(
        _ directory: LedgerDirectory, of generation: UInt64, upTo size: UInt64
    ) throws -> SizedNote? {
        for number in directory.segments.reversed() {
            let (row, note) = try read(directory, number) { db in
                (
                    try SegmentContents.identity(db, number: number),
                    try SegmentContents.lastCheckpoint(db, upTo: size)
                )
            }
            guard row.generation == generation else { return nil }
            if let note { return note }
        }
        return nil
    }

    private func behind(_ state: State, _ identity: SignerIdentity) -> String? {
        guard identity.treeSize > state.size else { return nil }
        return
            "the keeper has signed a tree of size \(identity.treeSize), the segments hold \(state.size) entries"
    }

    func read<Value>(
        _ directory: LedgerDirectory, _ number: UInt64, _ body: (Database) throws -> Value
    ) throws -> Value {
        let isSealed = number <= UInt64(directory.sealed)
        let file = directory.file(number)
        // To write, where a crash may have left a journal or a log.
        let queue =
            try isSealed
            ? file.openForReading(immutable: true)
            : DatabaseQueue(path: file.path, configuration: SegmentFile.configuration())
        defer { try? queue.close() }
        return try queue.read(body)
    }

    // MARK: - Steps

    /// A signature that left the keeper may have been lost on the way: the same bytes come out again. Of a boundary before its
    /// last manifest the keeper keeps no record; then nothing shows that what is here is what was signed.
    private func signAgain(_ file: SegmentFile, _ identity: SignerIdentity) async throws {
        let writer = try SegmentWriter(file)
        defer { try? writer.close() }
        let boundaries = try writer.read(SegmentContents.unsignedBoundaries)
        var notes: [SizedNote] = []
        for size in boundaries where size <= identity.treeSize {
            do {
                let note = try await signer.resign(generation: identity.generation, size: size)
                notes.append(SizedNote(size: size, note: Data(note)))
            } catch let error as LedgerStoreError where error.code == .equivocation {
                break
            }
        }
        try writer.commit(notes: notes)
    }

    /// - Returns: how many entries were set aside.
    private func cut(_ file: SegmentFile, _ state: State) throws -> UInt64 {
        guard !state.isSealed else { return 0 }
        let isEmpty = state.signed <= state.firstIndex
        guard isEmpty || state.signed < state.size else { return 0 }
        if state.size > state.firstIndex {
            try file.setAside(in: configuration.setAsideDirectory)
        }
        if isEmpty { try file.remove() } else { try file.cut(to: state.signed) }
        return state.size - state.signed
    }

    func lastManifest(_ directory: LedgerDirectory) throws -> [UInt8]? {
        guard directory.sealed > 0 else { return nil }
        return try Recovery.manifest(directory.file(UInt64(directory.sealed))).fileBytes()
    }

    /// The keeper seals only what it knows to be signed.
    func openNotes(_ directory: LedgerDirectory, _ state: State) throws -> [[UInt8]] {
        guard let end = state.note else { return [] }
        let notes = try directory.segments.dropFirst(directory.sealed).compactMap { number in
            try read(directory, number) { db in
                try SegmentContents.lastCheckpoint(db, upTo: end.size)
            }
        }
        return (notes.filter { $0.size < end.size } + [end]).map { Array($0.note) }
    }

    private func seal(_ directory: LedgerDirectory) async throws {
        guard let last = directory.segments.dropFirst(directory.sealed).last else { return }
        let recovery = Recovery(
            configuration: configuration, signer: signer, reindexer: reindexer, isEnding: true)
        let outcome = try await recovery.run()
        defer {
            outcome.library.close()
            outcome.projections.close()
        }
        try outcome.writer.close()
        let trust = try outcome.identity.trustFileOfItsEnd()
        let sealer = Sealer(
            configuration: configuration, identity: outcome.identity, trust: { trust },
            signer: signer, library: outcome.library, projections: outcome.projections,
            shared: SharedState(), heads: HeadsShelf(configuration), isEnding: true)
        // The next generation announces it.
        _ = try await sealer.seal(last) { _ in }
    }
}
