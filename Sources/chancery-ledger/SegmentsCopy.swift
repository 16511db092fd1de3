import Crypto
import Foundation
import GRDB
import LedgerFormat
import LedgerStore
import ProcessBoundary

/// A copy of the segments that is a beginning of the ledger, whatever is appended, rotated and sealed meanwhile.
///
/// The segments are listed once and copied in their order. One that has a successor in the list takes no entries any more;
/// the last one is copied as of one moment. A seal may put its final file in the place of one that is being copied: then it
/// is copied again, as sealed.
struct SegmentsCopy {
    let source: String
    let target: String

    private static let tries = 10

    /// - Returns: how many segments were copied. They are on disk, their names once the directory is synced.
    func run() throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: source)
        let numbers = names.compactMap { SegmentSchema.segment(fileName: $0) }.sorted()
        guard !numbers.isEmpty else {
            throw LedgerStoreError(
                .notFound,
                "There are no segments in \(source). Name a data directory that was used.")
        }
        for number in numbers { try copy(number) }
        try SystemFile.sync(target)
        return numbers.count
    }

    private func copy(_ number: UInt64) throws {
        let file = SegmentSchema.fileName(segment: number)
        let manifest = SegmentSchema.manifestName(segment: number)
        for _ in 0..<Self.tries {
            if SystemFile.exists("\(source)/\(manifest)") { return try copySealed(file, manifest) }
            let before = Self.inode("\(source)/\(file)")
            try copyOpen(file)
            // The final file of a seal comes first, its manifest a moment later.
            guard before == Self.inode("\(source)/\(file)"),
                !SystemFile.exists("\(source)/\(manifest)")
            else {
                usleep(100_000)
                continue
            }
            return
        }
        throw LedgerStoreError(
            .unavailable, "\(file) is being sealed and does not get there. Run the backup again.")
    }

    private func copyOpen(_ file: String) throws {
        let path = "\(target)/\(file)"
        try SystemFile.remove(path)
        try SystemFile.write([], to: path)
        var configuration = Configuration()
        configuration.label = "chancery.backup"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        let queue = try DatabaseQueue(path: "\(source)/\(file)", configuration: configuration)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
        // What is no WAL file any more counts as final (FORMAT 5.1).
        let copy = try DatabaseQueue(path: path)
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try copy.close()
        try SystemFile.sync(path)
    }

    /// Compares the bytes with the manifest's hash on the way.
    private func copySealed(_ file: String, _ manifest: String) throws {
        let bytes = try SystemFile.read(
            "\(source)/\(manifest)", limit: LedgerLimits.maxManifestBytes)
        let expected = try SegmentManifest(parsing: bytes).body.fileHash
        var hash = SHA256()
        try SystemFile.copy("\(source)/\(file)", to: "\(target)/\(file)", mode: 0o444) {
            hash.update(bufferPointer: $0)
        }
        guard Array(hash.finalize()) == expected.bytes else {
            throw LedgerStoreError(
                .damaged,
                "\(file) is not what its manifest says. Run chancery-verify on the data directory; what it names "
                    + "has to come from an older backup.")
        }
        try SystemFile.write(bytes, to: "\(target)/\(manifest)", mode: 0o444)
    }

    private static func inode(_ path: String) -> UInt64? {
        var info = stat()
        return stat(path, &info) == 0 ? UInt64(info.st_ino) : nil
    }
}
