internal import Foundation

/// A copy of an unsealed segment and its write-ahead log in a private temporary directory, for
/// evidence on media where SQLite cannot work in place. Removed when the last holder lets go.
final class TemporaryCopy {
    let path: String
    private let directory: URL

    /// - Returns: nil when the copy cannot be made; the caller then reports why the original failed.
    init?(ofSegmentAt source: String) {
        let files = FileManager.default
        let original = URL(fileURLWithPath: source)
        directory = files.temporaryDirectory
            .appendingPathComponent("chancery-verify-\(UUID().uuidString)", isDirectory: true)
        let target = directory.appendingPathComponent(original.lastPathComponent)
        path = target.path
        do {
            try files.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try files.copyItem(at: original, to: target)
            if files.fileExists(atPath: source + "-wal") {
                try files.copyItem(atPath: source + "-wal", toPath: path + "-wal")
            }
            // Copies from read-only media are read-only themselves; SQLite decides by the mode.
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            try? files.removeItem(at: directory)
            return nil
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }
}
