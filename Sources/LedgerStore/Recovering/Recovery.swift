import Foundation
import GRDB
import LedgerFormat
import Projections

/// Brings a data directory to where appends can go on, whatever a crash left: every durable boundary signed,
/// every signed entry projected, the tree's state known. The same on every start; there is no clean-shutdown
/// flag that could lie.
struct Recovery {
    let configuration: LedgerConfiguration
    let signer: any TreeSigner
    let reindexer: any Reindexer
    /// The generation ends: the keeper may know more of it than is here.
    var isEnding = false

    /// What a ledger starts with.
    struct Outcome {
        let directory: LedgerDirectory
        let identity: SignerIdentity
        let keys: KnownKeys
        let library: SegmentLibrary
        let projections: ProjectionStore
        let writer: SegmentWriter
        let tree: TreeState
        let sealWorth: SealWorth
        let segment: SegmentFill
        let stage: SecondStage
        let past: [ReadableTree]
        let latest: SizedNote?
        let published: SizedNote?
        /// Entries projected anew.
        let replayed: UInt64
        let signedAgain: Int
    }

    func run() async throws -> Outcome {
        let identity = try await signer.identity()
        let keys = try KnownKeys(identity)
        let trust = keys.trust
        var directory = try withoutStaleSuccessor(LedgerDirectory(configuration.directory))
        if directory.segments.count == directory.sealed {
            directory = try createNext(directory, identity)
        }
        let library = SegmentLibrary()
        let writer = try openSegments(directory, trust, library)
        guard writer.identity.generation == identity.generation else {
            throw SegmentContents.damaged(
                "The active segment is of generation \(writer.identity.generation), but the keeper signs for "
                    + "generation \(identity.generation)")
        }
        let size = try writer.read { db in
            try SegmentContents.end(
                db, firstIndex: writer.identity.firstIndex, number: writer.file.number)
        }
        guard isEnding || identity.treeSize <= size else {
            throw signerAhead(identity.treeSize, size)
        }

        let projections = try openProjections(identity, library, size: size)
        let start = projections.base + projections.size
        var stage = SecondStage(
            signer: signer, reindexer: reindexer, projections: projections, identity: identity,
            keys: keys, faults: configuration.faults)
        var tree = try tree(of: projections, library)
        let unsigned = try writer.read { db in try Boundaries(db, writer.identity, size: size) }
        try await replayPast(&tree, library, stage)
        try await replay(&tree, of: identity.generation, to: unsigned.signedSize, library, stage)
        var notes = try checkSigned(unsigned.signedSize, tree, library, stage, writer)
        for group in unsigned.groups {
            try Task.checkCancellation()
            let committed = try committed(
                group, of: identity.generation, &tree, library, projections)
            notes.append(try await stage.sign(committed))
            try await project(committed, stage)
        }
        let missing = Set(unsigned.groups.map(\.upperBound))
        try writer.commit(notes: notes.filter { missing.contains($0.size) })
        let worth = try sealWorth(writer, library, size: size)
        let first = try library.header(
            of: identity.generation, at: writer.identity.firstIndex)
        return Outcome(
            directory: directory, identity: identity, keys: keys, library: library,
            projections: projections, writer: writer, tree: tree,
            sealWorth: worth,
            segment: SegmentFill(
                bytes: DurableFile.size(writer.file.path), since: first?.time,
                isWorthy: worth.isWorthy),
            stage: stage, past: try past(library, directory, trust),
            latest: notes.last, published: try published(directory, writer),
            replayed: tree.position - start, signedAgain: unsigned.groups.count)
    }

    private func signerAhead(_ signed: UInt64, _ size: UInt64) -> LedgerStoreError {
        LedgerStoreError(
            .equivocation,
            "The keeper has signed a tree of size \(signed), but the segments hold \(size) entries: signed "
                + "entries are missing. Restore the newest copy of the ledger directory; if it is lost, "
                + "`chancery recover` goes on with this one, in a new generation.")
    }

    // MARK: - Segments

    /// A rotation that failed and could not be taken back leaves a successor that begins where the segment before
    /// it no longer ends. No entry was ever written to it.
    private func withoutStaleSuccessor(_ directory: LedgerDirectory) throws -> LedgerDirectory {
        let open = directory.segments.dropFirst(directory.sealed)
        guard let last = open.last, let before = open.dropLast().last else { return directory }
        let (start, end) = try extent(directory.file(last))
        guard start == end, try extent(directory.file(before)).end != start else {
            return directory
        }
        configuration.logger.notice("removing segment \(last), left by a rotation that failed")
        try directory.file(last).remove()
        return try LedgerDirectory(directory.path)
    }

    private func extent(_ file: SegmentFile) throws -> (start: UInt64, end: UInt64) {
        // To write, although it only reads: a crash may have left a journal that must be rolled back first, when
        // the segment was new and not in WAL mode yet.
        let reader = try DatabaseQueue(path: file.path, configuration: SegmentFile.configuration())
        defer { try? reader.close() }
        return try reader.read { db in
            let row = try SegmentContents.identity(db, number: file.number)
            let end = try SegmentContents.end(
                db, firstIndex: row.firstIndex, number: file.number)
            return (row.firstIndex, end)
        }
    }

    private func createNext(
        _ directory: LedgerDirectory, _ identity: SignerIdentity
    ) throws -> LedgerDirectory {
        let number = (directory.segments.last ?? 0) + 1
        var row = SegmentIdentity(
            generation: identity.generation, firstIndex: 0, origin: identity.origin, previous: nil)
        if let last = directory.segments.last,
            case let manifest = try Self.manifest(directory.file(last)),
            manifest.body.generation == identity.generation
        {
            row = SegmentIdentity(
                generation: identity.generation, firstIndex: manifest.body.treeSize,
                origin: identity.origin, previous: manifest.body.lastLeafHash)
        }
        guard identity.treeSize <= row.firstIndex else {
            throw signerAhead(identity.treeSize, row.firstIndex)
        }
        try directory.file(number).create(row)
        return try LedgerDirectory(directory.path)
    }

    static func manifest(_ file: SegmentFile) throws -> SegmentManifest {
        try SegmentManifest(
            parsing: DurableFile.read(file.manifestPath, atMost: LedgerLimits.maxManifestBytes))
    }

    private func openSegments(
        _ directory: LedgerDirectory, _ trust: TrustFile, _ library: SegmentLibrary
    ) throws -> SegmentWriter {
        var before: (row: SegmentIdentity, base: UInt64)?
        for (position, number) in directory.segments.enumerated() {
            let file = directory.file(number)
            do {
                let isSealed = position < directory.sealed
                if position == directory.segments.count - 1 {
                    let writer = try SegmentWriter(file)
                    let base = try base(of: writer.identity, file, after: before, trust)
                    library.add(file, writer.identity, base: base, isSealed: false)
                    return writer
                }
                let row = try identity(of: file, isSealed: isSealed)
                let base = try base(of: row, file, after: before, trust)
                library.add(file, row, base: base, isSealed: isSealed)
                before = (row, base)
            } catch let error as DatabaseError where error.isDamage {
                let name = SegmentSchema.fileName(segment: number)
                throw SegmentContents.damaged("\(name) is damaged (\(error.resultCode))")
            }
        }
        throw SegmentContents.damaged("There is no active segment")
    }

    private func identity(of file: SegmentFile, isSealed: Bool) throws -> SegmentIdentity {
        if isSealed {
            // The crash may have come between the last rename and this.
            try DurableFile.makeReadOnly(file.path)
            try DurableFile.makeReadOnly(file.manifestPath)
        }
        let reader = try file.openForReading(immutable: isSealed)
        defer { try? reader.close() }
        return try reader.read { db in try SegmentContents.identity(db, number: file.number) }
    }

    /// Entries of the generations before a segment's, which must be one of the keeper's and go on, or begin, where the
    /// segment before ends. A generation has ended only when all of it is sealed.
    private func base(
        of row: SegmentIdentity, _ file: SegmentFile,
        after before: (row: SegmentIdentity, base: UInt64)?, _ trust: TrustFile
    ) throws -> UInt64 {
        guard trust.generation(row.generation)?.origin == row.origin else {
            throw SegmentContents.damaged(
                "Segment \(file.number) is of \(row.origin), generation \(row.generation), which the keeper "
                    + "does not know")
        }
        guard let before else { return 0 }
        guard before.row.generation != row.generation else { return before.base }
        guard before.row.generation < row.generation, row.firstIndex == 0 else {
            throw SegmentContents.damaged(
                "Segment \(file.number) is of generation \(row.generation), the one before of generation "
                    + "\(before.row.generation)")
        }
        let last = SegmentFile(directory: file.directory, number: file.number - 1)
        return before.base + (try Self.manifest(last)).body.treeSize
    }

    /// The newest published checkpoint of the generation: of the active segment, else of the one before, as only those behind
    /// the last published one are never written to a segment of their own.
    private func published(
        _ directory: LedgerDirectory, _ writer: SegmentWriter
    ) throws -> SizedNote? {
        if let note = try writer.read(SegmentContents.lastPublished) { return note }
        for (position, number) in directory.segments.enumerated().dropLast().reversed() {
            let reader = try directory.file(number).openForReading(
                immutable: position < directory.sealed)
            defer { try? reader.close() }
            let (row, note) = try reader.read { db in
                (
                    try SegmentContents.identity(db, number: number),
                    try SegmentContents.lastPublished(db)
                )
            }
            guard row.generation == writer.identity.generation else { return nil }
            if let note { return note }
        }
        return nil
    }

    private func sealWorth(
        _ writer: SegmentWriter, _ library: SegmentLibrary, size: UInt64
    ) throws -> SealWorth {
        var worth = SealWorth()
        var next = writer.identity.firstIndex
        while next < size, !worth.isWorthy {
            let headers = try library.headers(
                of: writer.identity.generation, from: next, count: 64)
            guard !headers.isEmpty else { break }
            for bytes in headers { worth.add(try EntryHeader(canonical: bytes)) }
            next += UInt64(headers.count)
        }
        return worth
    }
}
