import Foundation
import GRDB
import LedgerFormat
import Projections
import Synchronization

/// Reads entries wherever they are: one read-only connection per segment, opened when first asked.
final class SegmentLibrary: Sendable {
    private struct Shelf: Sendable {
        let file: SegmentFile
        let firstIndex: UInt64
        var isSealed: Bool
        var connection: DatabaseQueue?
    }

    /// By segment number, ascending, without gaps.
    private let shelves = Mutex<[Shelf]>([])

    func add(_ file: SegmentFile, firstIndex: UInt64, isSealed: Bool) {
        shelves.withLock {
            $0.append(
                Shelf(file: file, firstIndex: firstIndex, isSealed: isSealed, connection: nil))
        }
    }

    /// Up to `limit` entries from `index` on; fewer at the end of a segment, or beyond `bytes`.
    func entries(from index: UInt64, limit: Int, bytes: Int = .max) throws -> [StoredEntry] {
        try read(at: index) { db in
            try SegmentContents.entries(db, from: index, limit: limit, bytes: bytes)
        } ?? []
    }

    func entry(at index: UInt64) throws -> StoredEntry? {
        try entries(from: index, limit: 1).first { $0.index == index }
    }

    /// Headers of `count` entries from `index` on, across segments.
    func headers(from index: UInt64, count: Int) throws -> [Data] {
        var headers: [Data] = []
        while headers.count < count {
            let next = index + UInt64(headers.count)
            let part = try read(at: next) { db in
                try SegmentContents.headers(db, from: next, limit: count - headers.count)
            }
            guard let part, !part.isEmpty else { break }
            headers += part
        }
        return headers
    }

    func header(at index: UInt64) throws -> EntryHeader? {
        guard let bytes = try headers(from: index, count: 1).first else { return nil }
        let header = try EntryHeader(canonical: bytes)
        return header.index == index ? header : nil
    }

    /// What a mutation did, from its idempotency record.
    ///
    /// - Parameter contactID: of a subject; nil when it was erased since.
    func receipt(
        of record: IdempotencyRecord, contactID: (SubjectTag) throws -> ContactID?
    ) throws -> MutationReceipt {
        guard let bytes = try headers(from: record.firstIndex, count: 1).first,
            case let header = try EntryHeader(canonical: bytes),
            header.index == record.firstIndex, let subject = header.subject
        else {
            throw SegmentContents.damaged("Entry \(record.firstIndex) is not where it was written")
        }
        return MutationReceipt(
            subject: subject,
            contactID: try contactID(subject),
            index: record.firstIndex, count: record.count, leafHash: MerkleTree.leafHash(bytes),
            time: header.time, treeSize: 0, replayed: true)
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
        at index: UInt64, _ body: (Database) throws -> Value
    ) throws -> Value? {
        // A seal may close the connection between these two steps; the second try opens the new file.
        for attempt in 0..<2 {
            guard let connection = try connection(at: index) else { return nil }
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

    private func connection(at index: UInt64) throws -> DatabaseQueue? {
        try shelves.withLock { shelves in
            guard let position = shelves.lastIndex(where: { $0.firstIndex <= index }) else {
                return nil
            }
            if let connection = shelves[position].connection { return connection }
            let shelf = shelves[position]
            let connection = try shelf.file.openForReading(immutable: shelf.isSealed)
            shelves[position].connection = connection
            return connection
        }
    }
}
