internal import Foundation
internal import LedgerFormat

/// A copy of an unsealed segment and its logs in a private temporary directory, for evidence on media where
/// SQLite cannot work in place. Removed when the last holder lets go.
final class TemporaryCopy {
    let path: String
    /// Whether a journal came along, from which SQLite rolls the copy back.
    private(set) var hasJournal = false
    private let directory: URL

    /// Files that SQLite reads besides the database itself.
    private static let companions = ["", "-wal", "-journal"]
    /// A segment that is written meanwhile is copied again, so that file and log belong together.
    private static let attempts = 5
    /// Bytes left free in the temporary directory, which others use too.
    private static let reserve: UInt64 = 64 << 20

    /// - Throws: `unreadable`, saying why no copy could be made; `database` when its journal is none of a
    ///   segment.
    init(ofSegmentAt source: String) throws(VerificationFailure) {
        let name = EvidenceFile.name(source)
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("chancery-verify-\(UUID().uuidString)", isDirectory: true)
        path = directory.appendingPathComponent(name).path
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw EvidenceFile.unreadable(source, "no temporary directory for a copy: \(error)")
        }
        for _ in 0..<Self.attempts {
            let before = try Self.stamps(source)
            try Self.requireSpace(for: before, in: directory.path, source)
            do {
                try copy(source)
            } catch {
                throw EvidenceFile.unreadable(source, "it cannot be copied: \(error)")
            }
            if try Self.stamps(source) == before {
                hasJournal = EvidenceFile.kind(path + "-journal") != .absent
                if hasJournal { try HotJournal.check(path + "-journal", of: name) }
                return
            }
        }
        throw EvidenceFile.unreadable(
            source, "it changes while it is copied; stop the ledger or copy the directory first")
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    private func copy(_ source: String) throws {
        let files = FileManager.default
        for suffix in Self.companions {
            try? files.removeItem(atPath: path + suffix)
            guard EvidenceFile.kind(source + suffix) == .regular else { continue }
            try files.copyItem(atPath: source + suffix, toPath: path + suffix)
            // A link that took the file's place a moment ago is copied as a link.
            guard EvidenceFile.kind(path + suffix) == .regular else {
                throw EvidenceFile.unreadable(source + suffix, "not a regular file")
            }
            // Copies from read-only media are read-only themselves; SQLite decides by the mode.
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + suffix)
        }
    }

    /// Size and time of change of every file that is copied; all zero for one that is not there.
    private struct Stamp: Equatable {
        var size: UInt64 = 0
        var seconds = 0
        var nanoseconds = 0
    }

    private static func stamps(_ source: String) throws(VerificationFailure) -> [Stamp] {
        var stamps: [Stamp] = []
        for suffix in companions {
            var status = stat()
            guard lstat(source + suffix, &status) == 0 else {
                guard errno == ENOENT, suffix != "" else {
                    throw EvidenceFile.unreadable(source + suffix, EvidenceFile.systemMessage())
                }
                stamps.append(Stamp())
                continue
            }
            stamps.append(
                Stamp(
                    size: UInt64(max(0, status.st_size)), seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec))
        }
        return stamps
    }

    private static func requireSpace(
        for stamps: [Stamp], in directory: String, _ source: String
    ) throws(VerificationFailure) {
        var volume = statvfs()
        guard statvfs(directory, &volume) == 0 else { return }
        // Sparse files can claim more bytes than a number holds, and so can file systems.
        let (product, isTooMuch) = UInt64(volume.f_bavail)
            .multipliedReportingOverflow(by: UInt64(volume.f_frsize))
        let free = isTooMuch ? .max : product
        let needed = stamps.reduce(reserve) { $1.size > .max - $0 ? .max : $0 + $1.size }
        guard needed <= free else {
            throw EvidenceFile.unreadable(
                source,
                "SQLite cannot read it in place, and a copy of it needs \(needed) bytes in \(directory), "
                    + "where \(free) are free; set TMPDIR to a larger place")
        }
    }
}
