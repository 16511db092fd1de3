import Crypto
import Foundation
import LedgerFormat
import ProcessBoundary

/// File steps whose order and durability matter: `SystemFile` with the ledger's errors, `LedgerStoreError.unavailable`
/// naming the file.
enum DurableFile {
    /// Writes a new file with its bytes on disk when this returns.
    static func write(_ bytes: [UInt8], to path: String) throws(LedgerStoreError) {
        do { try SystemFile.write(bytes, to: path) } catch { throw failure(error) }
    }

    /// Makes a file of so many bytes that the file system has set aside.
    static func reserve(_ bytes: UInt64, at path: String) throws(LedgerStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(SystemError("create", path, errno: errno)) }
        defer { close(descriptor) }
        // Tells its error by its result, not by errno.
        let status = posix_fallocate(descriptor, 0, off_t(clamping: bytes))
        guard status == 0 else {
            unlink(path)
            throw failure(SystemError("reserve", path, errno: status))
        }
        guard fsync(descriptor) == 0 else { throw failure(SystemError("sync", path, errno: errno)) }
    }

    /// Makes a file's bytes, or a directory's names, survive power loss.
    static func sync(_ path: String) throws(LedgerStoreError) {
        do { try SystemFile.sync(path) } catch { throw failure(error) }
    }

    /// Replaces `to`, durably.
    static func rename(_ from: String, to: String) throws(LedgerStoreError) {
        do { try SystemFile.rename(from, to: to) } catch { throw failure(error) }
    }

    /// Of a file that is so already nothing is asked: the appliance makes sealed ones immutable, and refuses even that.
    static func makeReadOnly(_ path: String) throws(LedgerStoreError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o7777 == 0o444 { return }
        guard chmod(path, 0o444) == 0 else {
            throw failure(SystemError("set permissions of", path, errno: errno))
        }
    }

    static func removeIfPresent(_ path: String) throws(LedgerStoreError) {
        do { try SystemFile.remove(path) } catch { throw failure(error) }
    }

    static func read(_ path: String, atMost limit: Int) throws(LedgerStoreError) -> [UInt8] {
        do { return try SystemFile.read(path, limit: limit) } catch { throw failure(error) }
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
        var hasher = SHA256()
        var size: UInt64 = 0
        do throws(SystemError) {
            try SystemFile.copy(path, to: nil) { piece in
                hasher.update(bufferPointer: piece)
                size += UInt64(piece.count)
            }
        } catch {
            throw failure(error)
        }
        guard let hash = hasher.finalize().withUnsafeBytes({ Digest32($0) }) else {
            throw failure(SystemError("hash", path, errno: EIO))
        }
        return (hash, size)
    }

    /// Free bytes for unprivileged users; nil when the file system does not tell.
    static func freeBytes(_ path: String) -> UInt64? { SystemFile.freeBytes(path) }

    private static func failure(_ error: SystemError) -> LedgerStoreError {
        LedgerStoreError(
            .unavailable,
            "Cannot \(error.attempt) \(URL(filePath: error.path).lastPathComponent): \(error.reason). "
                + "Check the disk and the directory's permissions.")
    }
}
