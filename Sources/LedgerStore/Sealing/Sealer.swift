import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Projections

/// Turns rotated segments into sealed ones, in order and one at a time, beside the running appends.
///
/// Steps, each durable before the next: copy compacted into a new file → manifest beside it, signed → verified in
/// full → the file renamed over the segment → the manifest renamed: now it is sealed → both read-only →
/// announced. A crash before the last rename does it again from the segment, whose entries are the same in
/// both files; a crash after it only announces.
actor Sealer {
    nonisolated let executor = QueueExecutor(label: "chancery.ledger.seal")
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let configuration: LedgerConfiguration
    private let identity: SignerIdentity
    /// Asked anew for each seal: a rotation may have come between.
    private let trust: @Sendable () -> TrustFile
    private let signer: any TreeSigner
    private let library: SegmentLibrary
    private let projections: ProjectionStore
    private let shared: SharedState
    private let heads: HeadsShelf
    /// What it seals is the last of its generation.
    private let isEnding: Bool
    private let turns = Turns()

    init(
        configuration: LedgerConfiguration, identity: SignerIdentity,
        trust: @escaping @Sendable () -> TrustFile,
        signer: any TreeSigner, library: SegmentLibrary, projections: ProjectionStore,
        shared: SharedState, heads: HeadsShelf, isEnding: Bool = false
    ) {
        self.configuration = configuration
        self.identity = identity
        self.trust = trust
        self.signer = signer
        self.library = library
        self.projections = projections
        self.shared = shared
        self.heads = heads
        self.isEnding = isEnding
    }

    /// Seals a segment, and before it any earlier one that a failure left open: manifests form a chain.
    ///
    /// - Parameter announce: appends the `SegmentSealed` entry of each.
    func seal(
        _ number: UInt64, announce: @escaping @Sendable (SealResult) async throws -> Void
    ) async throws -> SealResult {
        try await turns.inTurn { try await self.sealInTurn(number, announce) }
    }

    private func sealInTurn(
        _ number: UInt64, _ announce: (SealResult) async throws -> Void
    ) async throws -> SealResult {
        // A later segment's seal may have taken this one along. A manifest is never made twice.
        if isSealed(number) { return try sealedResult(number) }
        var result = try await sealNext(upTo: number, announce: announce)
        while result.segment < number {
            result = try await sealNext(upTo: number, announce: announce)
        }
        return result
    }

    /// Announces every seal whose `SegmentSealed` entry is missing.
    func announceMissing(
        _ announce: @escaping @Sendable (SealResult) async throws -> Void
    ) async throws {
        try await turns.inTurn { try await self.announceInTurn(announce) }
    }

    private func announceInTurn(
        _ announce: (SealResult) async throws -> Void
    ) async throws {
        var number: UInt64 = 1
        while isSealed(number) {
            if try projections.read({ try $0.sealedSegment(number) }) == nil {
                try await announce(try sealedResult(number))
            }
            number += 1
        }
    }

    private func sealNext(
        upTo number: UInt64, announce: (SealResult) async throws -> Void
    ) async throws -> SealResult {
        var next = number
        while next > 1, !isSealed(next - 1) { next -= 1 }
        let result = try await perform(next)
        try await announce(result)
        try configuration.faults.reach(.sealAnnounced)
        return result
    }

    private func sealedResult(_ number: UInt64) throws -> SealResult {
        let file = SegmentFile(directory: configuration.directory, number: number)
        try finishSealed(file)
        let manifest = try SegmentManifest(
            parsing: DurableFile.read(file.manifestPath, atMost: LedgerLimits.maxManifestBytes))
        return SealResult(
            segment: number, firstIndex: manifest.body.firstIndex, count: manifest.body.count,
            manifestHash: manifest.hash)
    }

    private func isSealed(_ number: UInt64) -> Bool {
        DurableFile.exists(
            SegmentFile(directory: configuration.directory, number: number).manifestPath)
    }

    /// Returns when nothing asked for so far is running.
    func finish() async {
        await turns.settle()
    }

    private func perform(_ number: UInt64) async throws -> SealResult {
        let file = SegmentFile(directory: configuration.directory, number: number)
        let facts = try await BackgroundThread.run { [self] in try copy(file) }
        try configuration.faults.reach(.sealCopied)
        let manifest = try await signedManifest(file, facts)
        try DurableFile.write(manifest.fileBytes(), to: file.manifestTemporaryPath)
        try configuration.faults.reach(.sealManifestWritten)
        try await verify(file, facts)
        try swap(file)
        try finishSealed(file)
        return SealResult(
            segment: number, firstIndex: facts.identity.firstIndex, count: facts.count,
            manifestHash: manifest.hash)
    }

    // MARK: - Steps

    private nonisolated func copy(_ file: SegmentFile) throws -> SealFacts {
        for suffix in ["", "-journal"] {
            try DurableFile.removeIfPresent(file.sealingPath + suffix)
        }
        try DurableFile.removeIfPresent(file.manifestTemporaryPath)
        let source = try DatabaseQueue(
            path: file.path, configuration: SegmentFile.configuration())
        defer { try? source.close() }
        let facts = try source.writeWithoutTransaction { db in
            let facts = try self.facts(db, file)
            let writeback = SteadyWriteback(path: file.sealingPath)
            defer { writeback.end() }
            try db.execute(sql: "VACUUM INTO ?", arguments: [file.sealingPath])
            return facts
        }
        try DurableFile.sync(file.sealingPath)
        return facts
    }

    private nonisolated func facts(_ db: Database, _ file: SegmentFile) throws -> SealFacts {
        let row = try SegmentContents.identity(db, number: file.number)
        let count = try SegmentContents.count(
            db, firstIndex: row.firstIndex, number: file.number)
        let size = row.firstIndex + count
        guard count > 0, try SegmentContents.unsignedBoundaries(db).isEmpty,
            let first = try SegmentContents.headers(db, from: row.firstIndex, limit: 1).first,
            let last = try SegmentContents.headers(db, from: size - 1, limit: 1).first
        else {
            throw SegmentContents.damaged(
                "Segment \(file.number) cannot be sealed: it is not complete")
        }
        let timeBefore =
            row.firstIndex == 0
            ? nil : try library.header(of: row.generation, at: row.firstIndex - 1)?.time
        return try projections.read { reader in
            let heads = HeadsAsOf(
                projections: reader, library: library, generation: row.generation)
            let writer = try HeadsWriter(path: self.heads.pendingPath)
            try heads.forEach(size) { try writer.append($0) }
            try writer.finish(segment: file.number)
            var headsBefore: [SubjectHeads.Head] = []
            if row.firstIndex > 0 { try heads.forEach(row.firstIndex) { headsBefore.append($0) } }
            let hashes = try projections.nodes.hashes(
                of: MerkleFrontier.nodes(size: row.firstIndex))
            guard let frontier = MerkleFrontier(size: row.firstIndex, hashes: hashes) else {
                throw SegmentContents.damaged("The tree before segment \(file.number) is unknown")
            }
            return SealFacts(
                identity: row, count: count, firstLeaf: MerkleTree.leafHash(first),
                lastLeaf: MerkleTree.leafHash(last), timeBefore: timeBefore,
                root: try MerkleProof.root(size: size, reader: projections.nodes),
                headsRoot: writer.root, frontierBefore: frontier, headsBefore: headsBefore,
                previous: try previousManifest(file))
        }
    }

    private nonisolated func previousManifest(_ file: SegmentFile) throws -> SegmentManifest? {
        guard file.number > 1 else { return nil }
        let before = SegmentFile(directory: file.directory, number: file.number - 1)
        return try SegmentManifest(
            parsing: DurableFile.read(
                before.manifestPath, atMost: LedgerLimits.maxManifestBytes))
    }

    private func signedManifest(
        _ file: SegmentFile, _ facts: SealFacts
    ) async throws -> SegmentManifest {
        let digest = try await BackgroundThread.run { try DurableFile.digest(file.sealingPath) }
        let body = try SegmentManifestBody(
            segment: file.number, generation: identity.generation, origin: identity.origin,
            firstIndex: facts.identity.firstIndex, count: facts.count,
            firstLeafHash: facts.firstLeaf, lastLeafHash: facts.lastLeaf, root: facts.root,
            subjectHeadsRoot: facts.headsRoot, fileHash: digest.hash, fileSize: digest.size,
            previousManifestHash: facts.previous?.hash, sealedAt: configuration.clock.now())
        let manifest = try await signer.signManifest(body: body.canonicalBytes())
        guard manifest.body == body else {
            throw LedgerStoreError(
                .equivocation,
                "The keeper signed another manifest than that of segment \(file.number). Stop, and run "
                    + "chancery-verify.")
        }
        return manifest
    }

    /// As an auditor would, with what came before taken from the projections.
    private func verify(_ file: SegmentFile, _ facts: SealFacts) async throws {
        let state = LedgerState(
            generation: identity.generation, origin: identity.origin,
            lastSegment: file.number - 1, previousLeaf: facts.identity.previous,
            lastTime: facts.timeBefore, frontier: facts.frontierBefore,
            previousManifest: facts.previous?.hash, subjectHeads: facts.headsBefore,
            previousAttestation: facts.previous.flatMap {
                // Each generation's seals are counted by themselves.
                $0.body.generation == identity.generation ? $0.attestation : nil
            })
        var verifier = LedgerVerifier(
            trust: trust(), state: file.number == 1 ? LedgerState() : state)
        do throws(VerificationFailure) {
            _ = try await verifier.verify(
                UnverifiedSegment(
                    number: file.number, path: file.sealingPath,
                    manifestPath: file.manifestTemporaryPath))
            if let failure = verifier.failureUnlessEnded, !isEnding { throw failure }
        } catch {
            throw SegmentContents.damaged("Segment \(file.number) does not verify: \(error)")
        }
    }

    private func swap(_ file: SegmentFile) throws {
        try library.replace(file.number) {
            try emptyWAL(file)
            try DurableFile.rename(file.sealingPath, to: file.path)
        }
        try configuration.faults.reach(.sealFileRenamed)
        try DurableFile.rename(file.manifestTemporaryPath, to: file.manifestPath)
        try configuration.faults.reach(.sealManifestRenamed)
        heads.replace()
    }

    /// What is left to do once the manifest has its name; again, if it failed.
    private func finishSealed(_ file: SegmentFile) throws {
        try DurableFile.makeReadOnly(file.path)
        try DurableFile.makeReadOnly(file.manifestPath)
        shared.withLock { $0.sealedSegments = max($0.sealedSegments, file.number) }
    }

    /// A WAL with frames left beside the final file would be played into it by the next reader.
    private func emptyWAL(_ file: SegmentFile) throws {
        if DurableFile.size(file.path + "-wal") > 0 {
            let queue = try DatabaseQueue(
                path: file.path, configuration: SegmentFile.configuration())
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try queue.close()
        }
        guard DurableFile.size(file.path + "-wal") == 0 else {
            throw LedgerStoreError(
                .unavailable,
                "Another process is reading segment \(file.number); it is sealed on the next start."
            )
        }
        try DurableFile.removeIfPresent(file.path + "-wal")
        try DurableFile.removeIfPresent(file.path + "-shm")
        try DurableFile.sync(file.directory)
    }
}
