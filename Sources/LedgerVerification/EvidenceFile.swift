internal import Crypto
internal import Foundation
internal import LedgerFormat

/// Reading files that may be anything: only regular files, never more than asked for.
enum EvidenceFile {
    enum Kind {
        case absent, regular
        /// A directory, a link, a FIFO, a device: nothing that evidence is kept in.
        case other
    }

    /// What lies at a path. Links are not followed and nothing is opened: a FIFO would wait for a writer
    /// for ever, and closing a descriptor of a database would drop SQLite's locks on it.
    static func kind(_ path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT ? .absent : .other }
        return status.st_mode & S_IFMT == S_IFREG ? .regular : .other
    }

    /// - Throws: `unreadable` unless a regular file lies here that this user may read.
    static func requireRegular(_ path: String) throws(VerificationFailure) {
        switch kind(path) {
        case .absent: throw unreadable(path, "there is no such file")
        case .other: throw unreadable(path, "not a regular file")
        case .regular: break
        }
        guard access(path, R_OK) == 0 else { throw unreadable(path, systemMessage()) }
    }

    /// - Throws: `unreadable`, or `tooLarge` when the file has more than `limit` bytes.
    static func read(
        _ path: String, atMost limit: Int, tooLarge: VerificationFailure.Code
    ) throws(VerificationFailure) -> [UInt8] {
        let handle = try open(path)
        defer { try? handle.close() }
        do {
            // `read(upToCount:)` may return less than asked for before the end.
            var bytes: [UInt8] = []
            while bytes.count <= limit,
                let block = try handle.read(upToCount: limit + 1 - bytes.count), !block.isEmpty
            {
                bytes.append(contentsOf: block)
            }
            guard bytes.count <= limit else {
                throw VerificationFailure(
                    tooLarge, file: name(path), "the file has more than \(limit) bytes")
            }
            return bytes
        } catch let failure as VerificationFailure {
            throw failure
        } catch {
            throw unreadable(path, "\(error)")
        }
    }

    /// SHA-256 and size of a whole file, streamed through one buffer.
    static func digest(
        _ path: String
    ) throws(VerificationFailure) -> (hash: Digest32, size: UInt64, start: [UInt8]) {
        let handle = try open(path)
        defer { try? handle.close() }
        var hasher = SHA256()
        var size: UInt64 = 0
        var start: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                Foundation.read(handle.fileDescriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, systemMessage()) }
            guard count > 0 else { break }
            if size == 0 { start = Array(buffer.prefix(min(count, 100))) }
            buffer.withUnsafeBytes {
                hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
            size += UInt64(count)
        }
        let hash = hasher.finalize().withUnsafeBytes { Digest32($0) } ?? .zero
        return (hash, size, start)
    }

    /// The last bytes of a file; fewer when it has fewer.
    static func end(_ path: String, count: Int) throws(VerificationFailure) -> [UInt8] {
        let handle = try open(path)
        defer { try? handle.close() }
        do {
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: size - min(size, UInt64(count)))
            return Array(try handle.read(upToCount: count) ?? Data())
        } catch {
            throw unreadable(path, "\(error)")
        }
    }

    static func digest(of bytes: [UInt8]) -> Digest32 {
        SHA256.hash(data: bytes).withUnsafeBytes { Digest32($0) } ?? .zero
    }

    static func name(_ path: String) -> String { (path as NSString).lastPathComponent }

    static func unreadable(_ path: String, _ reason: String) -> VerificationFailure {
        VerificationFailure(.unreadable, file: name(path), "cannot read: \(reason)")
    }

    static func systemMessage() -> String { String(cString: strerror(errno)) }

    /// Links are followed here: which trust file or receipt is meant is the auditor's own say. Whoever reads
    /// evidence asks `requireRegular` first.
    private static func open(_ path: String) throws(VerificationFailure) -> FileHandle {
        // Opening a FIFO would wait for a writer for ever.
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path, systemMessage()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable(path, "not a regular file")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw unreadable(path, systemMessage())
        }
        return handle
    }
}
