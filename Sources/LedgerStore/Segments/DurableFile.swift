import Crypto
import Foundation
import LedgerFormat

/// File steps whose order and durability matter. Each throws `LedgerStoreError.unavailable` naming the file.
enum DurableFile {
    /// Writes a new file with its bytes on disk when this returns.
    static func write(_ bytes: [UInt8], to path: String) throws(LedgerStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    /// Makes a file of so many bytes that the file system has set aside.
    static func reserve(_ bytes: UInt64, at path: String) throws(LedgerStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        let status = posix_fallocate(descriptor, 0, off_t(clamping: bytes))
        guard status == 0 else {
            unlink(path)
            errno = status
            throw failure("reserve", path)
        }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    /// Makes a file's bytes, or a directory's names, survive power loss.
    static func sync(_ path: String) throws(LedgerStoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", path) }
    }

    /// Replaces `to`, durably.
    static func rename(_ from: String, to: String) throws(LedgerStoreError) {
        guard Glibc.rename(from, to) == 0 else { throw failure("rename", from) }
        try sync((to as NSString).deletingLastPathComponent)
    }

    static func makeReadOnly(_ path: String) throws(LedgerStoreError) {
        guard chmod(path, 0o444) == 0 else { throw failure("set permissions of", path) }
    }

    static func removeIfPresent(_ path: String) throws(LedgerStoreError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func read(_ path: String, atMost limit: Int) throws(LedgerStoreError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw failure("open", path) }
        defer { try? handle.close() }
        let data = try? handle.read(upToCount: limit + 1)
        guard let data, data.count <= limit else { throw failure("read", path) }
        return Array(data)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Bytes; 0 when there is no such file.
    static func size(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(clamping: status.st_size) : 0
    }

    /// SHA-256 and size of the file's bytes.
    static func digest(
        _ path: String
    ) throws(LedgerStoreError) -> (hash: Digest32, size: UInt64) {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw failure("open", path) }
        defer { try? handle.close() }
        var hasher = SHA256()
        var size: UInt64 = 0
        do {
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
                hasher.update(data: block)
                size += UInt64(block.count)
            }
        } catch {
            throw failure("read", path)
        }
        guard let hash = hasher.finalize().withUnsafeBytes({ Digest32($0) }) else {
            throw failure("hash", path)
        }
        return (hash, size)
    }

    /// Free bytes for unprivileged users; nil when the file system does not tell.
    static func freeBytes(_ path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    private static func failure(_ verb: String, _ path: String) -> LedgerStoreError {
        LedgerStoreError(
            .unavailable,
            "Cannot \(verb) \((path as NSString).lastPathComponent): "
                + "\(String(cString: strerror(errno))). Check the disk and the directory's permissions."
        )
    }
}
