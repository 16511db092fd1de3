internal import Crypto
internal import Foundation
internal import LedgerFormat

/// Reading files that may be anything: only regular files, never more than asked for.
enum EvidenceFile {
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
            throw unreadable(path, error)
        }
    }

    /// SHA-256 and size of a whole file, streamed.
    static func digest(
        _ path: String
    ) throws(VerificationFailure) -> (hash: Digest32, size: UInt64, start: [UInt8]) {
        let handle = try open(path)
        defer { try? handle.close() }
        do {
            var hasher = SHA256()
            var size: UInt64 = 0
            var start: [UInt8] = []
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
                if size == 0 { start = Array(block.prefix(100)) }
                hasher.update(data: block)
                size += UInt64(block.count)
            }
            let hash = hasher.finalize().withUnsafeBytes { Digest32($0) } ?? .zero
            return (hash, size, start)
        } catch {
            throw unreadable(path, error)
        }
    }

    static func digest(of bytes: [UInt8]) -> Digest32 {
        SHA256.hash(data: bytes).withUnsafeBytes { Digest32($0) } ?? .zero
    }

    static func name(_ path: String) -> String { (path as NSString).lastPathComponent }

    private static func open(_ path: String) throws(VerificationFailure) -> FileHandle {
        // Opening a FIFO would wait for a writer for ever.
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw VerificationFailure(
                .unreadable, file: name(path), "cannot read: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw VerificationFailure(.unreadable, file: name(path), "not a regular file")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw VerificationFailure(
                .unreadable, file: name(path), "cannot open: \(String(cString: strerror(errno)))")
        }
        return handle
    }

    private static func unreadable(_ path: String, _ error: any Error) -> VerificationFailure {
        VerificationFailure(.unreadable, file: name(path), "cannot read: \(error)")
    }
}
