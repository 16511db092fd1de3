import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Projections

extension Ledger {
    /// Ends the generation of a data directory that is not the newest, and has the keeper begin the next: what is here stays,
    /// proofs and all, and goes on under another origin. No ledger may have the directory open.
    ///
    /// - Returns: nil when nothing stands in the way of an ordinary start.
    /// - Throws: `LedgerStoreError.damaged` for a ledger that does not verify, before anything is changed; `.locked`,
    ///   `.unavailable`. May be repeated, whatever it got to.
    public static func recover(
        _ configuration: LedgerConfiguration, reason: String, signer: any TreeSigner,
        ender: any GenerationEnder, reindexer: any Reindexer
    ) async throws(LedgerStoreError) -> RecoveryReport? {
        do {
            let lock = try DirectoryLock(configuration.directory)
            defer { lock.release() }
            let ending = GenerationEnding(
                configuration: configuration, signer: signer, ender: ender, reindexer: reindexer)
            return try await ending.run(reason: reason)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }
}

/// The steps of `Ledger.recover`.
///
/// ```
/// 1  verify        all of it, as an auditor would
/// 2  sign again    boundaries that the keeper recorded and the segment lacks
/// 3  cut           what comes behind the last checkpoint was never acknowledged: it is set aside
/// 4  begin         the keeper signs nothing of this generation any more but seals
/// 5  seal          what is here
/// 6  end           the keeper begins the next generation, which the next start writes
/// ```
struct GenerationEnding {
    let configuration: LedgerConfiguration
    let signer: any TreeSigner
    let ender: any GenerationEnder
    let reindexer: any Reindexer

    func run(reason: String) async throws -> RecoveryReport? {
        let identity = try await signer.identity()
        let trust = try identity.trustFile()
        let directory = try LedgerDirectory(configuration.directory)
        guard let last = directory.segments.last else {
            throw LedgerStoreError(
                .damaged,
                "There is no segment here: nothing to recover. Restore a backup of the ledger first."
            )
        }
        try await verify(directory, trust)
        if try await hasJustEnded(directory, last, identity) { return nil }
        let state = try await state(directory, last, identity)
        let behind =
            identity.treeSize > state.size
            ? "the keeper has signed a tree of size \(identity.treeSize), the segments hold \(state.size) "
                + "entries" : nil
        guard let problem = try await ender.problem() ?? behind else { return nil }

        let unsigned = try cut(directory.file(last), state)
        try await ender.begin(
            manifest: try lastManifest(directory), note: Array(state.note.note))
        try await seal(try LedgerDirectory(directory.path))
        let begun = try await ender.end(note: Array(state.note.note), reason: reason)
        return RecoveryReport(
            problem: problem, ended: identity.generation, size: state.note.size,
            knownSize: max(identity.treeSize, state.note.size), unsigned: unsigned, begun: begun)
    }

    // MARK: - What is here

    private struct State {
        /// Of the last segment.
        let firstIndex: UInt64
        let isSealed: Bool
        /// Entries of the generation, signed or not.
        let size: UInt64
        /// Over the signed ones.
        let note: SizedNote
    }

    private func verify(_ directory: LedgerDirectory, _ trust: TrustFile) async throws {
        let here = Set(
            try directory.segments.map { number in
                try read(directory, number) { db in
                    try SegmentContents.identity(db, number: number).generation
                }
            })
        let known = try TrustFile(
            generations: trust.generations.filter { here.contains($0.generation) })
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

    /// The keeper is in the next generation already, which the next start writes.
    private func hasJustEnded(
        _ directory: LedgerDirectory, _ last: UInt64, _ identity: SignerIdentity
    ) async throws -> Bool {
        let generation = try read(directory, last) { db in
            try SegmentContents.identity(db, number: last).generation
        }
        guard generation < identity.generation, directory.segments.count == directory.sealed,
            identity.treeSize == 0
        else { return false }
        guard let problem = try await ender.problem() else { return true }
        throw LedgerStoreError(
            .equivocation,
            "Generation \(identity.generation) was begun, nothing of it is here, and another copy may have used its key: "
                + "\(problem)")
    }

    private func state(
        _ directory: LedgerDirectory, _ last: UInt64, _ identity: SignerIdentity
    ) async throws -> State {
        let isSealed = directory.segments.count == directory.sealed
        let (row, size) = try read(directory, last) { db in
            let row = try SegmentContents.identity(db, number: last)
            return (row, try SegmentContents.end(db, firstIndex: row.firstIndex, number: last))
        }
        guard row.generation == identity.generation else {
            throw LedgerStoreError(
                .damaged,
                "The last segment is of generation \(row.generation), the keeper signs for generation "
                    + "\(identity.generation): ledger/ and keys/ are not of one backup. Restore both from the same one."
            )
        }
        if !isSealed { try await signAgain(directory.file(last), identity) }
        for number in directory.segments.reversed() {
            let (here, note) = try read(directory, number) { db in
                (
                    try SegmentContents.identity(db, number: number),
                    try SegmentContents.lastCheckpoint(db, upTo: size)
                )
            }
            guard here.generation == row.generation else { break }
            if let note {
                return State(
                    firstIndex: row.firstIndex, isSealed: isSealed, size: size, note: note)
            }
        }
        throw LedgerStoreError(
            .damaged,
            "Nothing of generation \(row.generation) was ever signed, so there is nothing to go on with. Move "
                + "the data directory away and begin an empty ledger.")
    }

    private func read<Value>(
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

    /// A signature that left the keeper may have been lost on the way: the same bytes come out again.
    private func signAgain(_ file: SegmentFile, _ identity: SignerIdentity) async throws {
        let writer = try SegmentWriter(file)
        defer { try? writer.close() }
        let boundaries = try writer.read(SegmentContents.unsignedBoundaries)
        var notes: [SizedNote] = []
        for size in boundaries where size <= identity.treeSize {
            let note = try await signer.resign(generation: identity.generation, size: size)
            notes.append(SizedNote(size: size, note: Data(note)))
        }
        try writer.commit(notes: notes)
    }

    /// - Returns: how many entries were set aside.
    private func cut(_ file: SegmentFile, _ state: State) throws -> UInt64 {
        guard !state.isSealed else { return 0 }
        let isEmpty = state.note.size <= state.firstIndex
        guard isEmpty || state.note.size < state.size else { return 0 }
        if state.size > state.firstIndex {
            try file.setAside(in: configuration.setAsideDirectory)
        }
        if isEmpty { try file.remove() } else { try file.cut(to: state.note.size) }
        return state.size - state.note.size
    }

    private func lastManifest(_ directory: LedgerDirectory) throws -> [UInt8]? {
        guard directory.sealed > 0 else { return nil }
        return try Recovery.manifest(directory.file(UInt64(directory.sealed))).fileBytes()
    }

    private func seal(_ directory: LedgerDirectory) async throws {
        let open = directory.segments.dropFirst(directory.sealed)
        guard let last = open.last else { return }
        let recovery = Recovery(
            configuration: configuration, signer: signer, reindexer: reindexer, isEnding: true)
        let outcome = try await recovery.run()
        defer {
            outcome.library.close()
            outcome.projections.close()
        }
        try outcome.writer.close()
        let sealer = Sealer(
            configuration: configuration, identity: outcome.identity, trust: outcome.trust,
            signer: signer, library: outcome.library, projections: outcome.projections,
            shared: SharedState(), isEnding: true)
        // The next generation announces it.
        _ = try await sealer.seal(last) { _ in }
    }
}
