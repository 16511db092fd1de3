import Foundation
import GRDB
import LedgerFormat
import Projections
import Synchronization

/// Reads entries wherever they are: one read-only connection per segment, opened when first asked.
///
/// An entry has an index in its generation and a *position*, which counts on over all of them.
final class SegmentLibrary: Sendable {
    private struct Shelf: Sendable {
        let file: SegmentFile
        let generation: UInt64
        let firstIndex: UInt64
        /// Entries of earlier generations.
        let base: UInt64
        var isSealed: Bool
        var connection: DatabaseQueue?
    }

    /// By segment number, ascending, without gaps.
    private let shelves = Mutex<[Shelf]>([])

    /// - Parameter base: entries of the generations before the segment's.
    func add(_ file: SegmentFile, _ row: SegmentIdentity, base: UInt64, isSealed: Bool) {
        shelves.withLock {
            $0.append(
                Shelf(
                    file: file, generation: row.generation, firstIndex: row.firstIndex, base: base,
                    isSealed: isSealed, connection: nil))
        }
    }

    /// Generations that have a segment, and the entries before each.
    var generations: [(generation: UInt64, base: UInt64)] {
        shelves.withLock { shelves in
            shelves.filter { $0.firstIndex == 0 }.map { ($0.generation, $0.base) }
        }
    }

    /// Up to `limit` entries of a generation from `index` on; fewer at the end of a segment, or beyond `bytes`.
    func entries(
        of generation: UInt64, from index: UInt64, limit: Int, bytes: Int = .max
    ) throws -> [StoredEntry] {
        try read(generation, at: index) { db in
            try SegmentContents.entries(db, from: index, limit: limit, bytes: bytes)
        } ?? []
    }

    func entry(of generation: UInt64, at index: UInt64) throws -> StoredEntry? {
        try entries(of: generation, from: index, limit: 1).first { $0.index == index }
    }

    /// Headers of `count` entries of a generation from `index` on, across segments.
    func headers(of generation: UInt64, from index: UInt64, count: Int) throws -> [Data] {
        var headers: [Data] = []
        while headers.count < count {
            let next = index + UInt64(headers.count)
            let part = try read(generation, at: next) { db in
                try SegmentContents.headers(db, from: next, limit: count - headers.count)
            }
            guard let part, !part.isEmpty else { break }
            headers += part
        }
        return headers
    }

    func header(of generation: UInt64, at index: UInt64) throws -> EntryHeader? {
        guard let bytes = try headers(of: generation, from: index, count: 1).first else {
            return nil
        }
        let header = try EntryHeader(canonical: bytes)
        return header.index == index ? header : nil
    }

    /// Entries of the generations before one; nil: there is no such generation.
    func base(of generation: UInt64) -> UInt64? {
        shelves.withLock { $0.first { $0.generation == generation }?.base }
    }

    /// Entries of a generation that another one follows.
    func endedSize(of generation: UInt64) -> UInt64? {
        let generations = generations
        guard let here = generations.firstIndex(where: { $0.generation == generation }),
            here + 1 < generations.count
        else { return nil }
        return generations[here + 1].base - generations[here].base
    }

    /// Which entry has a position.
    func entry(atPosition position: UInt64) -> (generation: UInt64, index: UInt64)? {
        shelves.withLock { shelves in
            shelves.last { $0.base + $0.firstIndex <= position }
                .map { ($0.generation, position - $0.base) }
        }
    }

    /// What a mutation did, from its idempotency record. Its `treeSize` is 0 in the current generation, whose newest tree only
    /// the caller knows.
    ///
    /// - Parameter contactID: of a subject; nil when it was erased since.
    func receipt(
        of record: IdempotencyRecord, contactID: (SubjectTag) throws -> ContactID?
    ) throws -> MutationReceipt {
        guard let place = entry(atPosition: record.position),
            let bytes = try headers(of: place.generation, from: place.index, count: 1).first,
            case let header = try EntryHeader(canonical: bytes),
            header.index == place.index, let subject = header.subject
        else {
            throw SegmentContents.damaged("Entry \(record.position) is not where it was written")
        }
        return MutationReceipt(
            subject: subject,
            contactID: try contactID(subject),
            generation: place.generation, index: place.index, count: record.count,
            leafHash: MerkleTree.leafHash(bytes), time: header.time,
            treeSize: endedSize(of: place.generation) ?? 0, replayed: true)
    }

    /// Runs `swap` while no connection of ours has the segment's file open; from then on it is read as
    /// sealed. Readers meanwhile wait.
    func replace(_ number: UInt64, _ swap: () throws -> Void) throws {
        try shelves.withLock { shelves in
            guard let position = shelves.firstIndex(where: { $0.file.number == number }) else {
                throw SegmentContents.damaged("Segment \(number) is not part of this ledger")
            }
            try shelves[position].connection?.close()
            shelves[position].connection = nil
            try swap()
            shelves[position].isSealed = true
        }
    }

    func close() {
        shelves.withLock { shelves in
            for position in shelves.indices {
                try? shelves[position].connection?.close()
                shelves[position].connection = nil
            }
        }
    }

    private func read<Value>(
        _ generation: UInt64, at index: UInt64, _ body: (Database) throws -> Value
    ) throws -> Value? {
        // A seal may close the connection between these two steps; the second try opens the new file.
        for attempt in 0..<2 {
            guard let connection = try connection(generation, at: index) else { return nil }
            do {
                return try connection.read(body)
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_MISUSE && attempt == 0
            {
                continue
            } catch let error as DatabaseError where error.isDamage {
                throw SegmentContents.damaged(
                    "The segment that holds entry \(index) is damaged (\(error.resultCode))")
            }
        }
        return nil
    }

    private func connection(_ generation: UInt64, at index: UInt64) throws -> DatabaseQueue? {
        try shelves.withLock { shelves in
            let position = shelves.lastIndex {
                $0.generation == generation && $0.firstIndex <= index
            }
            guard let position else { return nil }
            if let connection = shelves[position].connection { return connection }
            let shelf = shelves[position]
            let connection = try shelf.file.openForReading(immutable: shelf.isSealed)
            shelves[position].connection = connection
            return connection
        }
    }
}
