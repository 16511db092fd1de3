import Crypto
import Foundation
import ProcessBoundary

/// `backup.json`: every file of a backup with its hash. It finds what a medium damaged; whether the ledger is the ledger is
/// for `chancery-verify` and a trust file from elsewhere.
struct BackupManifest: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        /// Relative to the backup.
        let path: String
        let size: UInt64
        /// Lower-case hex.
        let sha256: String
    }

    static let name = "backup.json"
    private static let format = "chancery-backup/1"
    /// Some 100,000 segments.
    private static let maxBytes = 64 << 20

    var format = Self.format
    /// RFC 3339, UTC.
    let made: String
    let files: [File]

    /// Reads every file below `directory`, in which there is nothing but a backup.
    static func take(of directory: String) throws(OperatorError) -> BackupManifest {
        var files: [File] = []
        for part in ["", "keys/", "ledger/"] {
            for name in try Files.names(in: directory + "/" + part).sorted() {
                let path = part + name
                guard isBackupPath(path) else { continue }
                files.append(try File(path, in: directory))
            }
        }
        return BackupManifest(made: Date().formatted(.iso8601), files: files)
    }

    func write(to directory: String) throws(OperatorError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else {
            throw OperatorError(
                .incomplete, "The list of the backup's files cannot be written.", next: "Try again."
            )
        }
        try Files.write(bytes, to: directory + "/" + Self.name)
    }

    /// - Throws: `badInput` for a directory that is no backup, or names files that no backup has.
    static func read(_ directory: String) throws(OperatorError) -> BackupManifest {
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(directory + "/" + name, limit: maxBytes)
        } catch {
            throw OperatorError(
                .badInput, "\(directory) is no backup: \(error).",
                next: "Name a directory that `chancery backup` made.")
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: Data(bytes)),
            manifest.format == format, manifest.files.allSatisfy({ isBackupPath($0.path) }),
            Set(manifest.files.map(\.path)).count == manifest.files.count,
            manifest.files.contains(where: { $0.path == "keys/keystore.sqlite" })
        else {
            throw OperatorError(
                .badInput,
                "\(directory)/\(name) is not the list of a backup that this program reads.",
                next: "Use another backup.")
        }
        return manifest
    }

    /// Copies the files, comparing each with its hash.
    /// - Throws: `badInput` naming the first file that is not as it was.
    func copy(from source: String, to target: String) throws(OperatorError) {
        for file in files {
            let isSealed = file.path.hasSuffix(".manifest") || hasManifest(file.path)
            let copied = try Files.copy(
                source + "/" + file.path, to: target + "/" + file.path,
                mode: isSealed ? 0o444 : 0o600)
            guard copied == (file.size, file.sha256) else {
                throw OperatorError(
                    .badInput, "\(source)/\(file.path) is not what the backup wrote.",
                    next: "Use another copy of the backup, or another backup.")
            }
        }
    }

    private func hasManifest(_ path: String) -> Bool {
        guard path.hasPrefix("ledger/"), path.hasSuffix(".sqlite") else { return false }
        let manifest = path.dropLast("sqlite".count) + "manifest"
        return files.contains { $0.path == manifest }
    }

    /// The one place that says what a backup may hold: above all, no escrow and no path out of it.
    private static func isBackupPath(_ path: String) -> Bool {
        if ["trust.json", "keys/keystore.sqlite", "keys/root.sealed", "keys/root.next"].contains(
            path)
        {
            return true
        }
        if path.hasPrefix("keys/"), HomeLayout.isPolicyName(String(path.dropFirst("keys/".count))) {
            return true
        }
        guard path.hasPrefix("ledger/segment-") else { return false }
        let rest = path.dropFirst("ledger/segment-".count)
        let digits = rest.prefix(8)
        return digits.count == 8 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && [".sqlite", ".manifest"].contains(rest.dropFirst(8))
    }
}

extension BackupManifest.File {
    init(_ path: String, in directory: String) throws(OperatorError) {
        let (size, sha256) = try Files.copy(directory + "/" + path, to: nil, mode: 0)
        self.init(path: path, size: size, sha256: sha256)
    }
}

extension Files {
    static func names(in directory: String) throws(OperatorError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot list \(directory): \(error.localizedDescription)",
                next: "Check its owner.")
        }
    }

    /// Copies a file durably, or only reads it when `target` is nil.
    /// - Returns: size and SHA-256, in lower-case hex.
    static func copy(
        _ path: String, to target: String?, mode: mode_t
    ) throws(OperatorError) -> (size: UInt64, sha256: String) {
        var (size, hash) = (UInt64(0), SHA256())
        do throws(SystemError) {
            try SystemFile.copy(path, to: target, mode: mode) { piece in
                size += UInt64(piece.count)
                hash.update(bufferPointer: piece)
            }
        } catch {
            throw .system(error)
        }
        return (size, hash.finalize().map { String(format: "%02x", $0) }.joined())
    }
}
