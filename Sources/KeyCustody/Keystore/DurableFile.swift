import Foundation

/// Small files that are wholly there or not there at all, also after power loss.
enum DurableFile {
    /// Writes beside, syncs, renames over, syncs the directory. Mode 0600.
    /// - Throws: `KeyCustodyError.cannotStart` naming file and cause.
    static func write(_ bytes: [UInt8], to path: String) throws(KeyCustodyError) {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", temporary) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            guard written > 0 || (written < 0 && errno == EINTR) else {
                throw failure("write", temporary)
            }
            rest = rest.dropFirst(max(0, written))
        }
        guard fsync(descriptor) == 0 else { throw failure("sync", temporary) }
        guard rename(temporary, path) == 0 else { throw failure("rename", temporary) }
        try syncDirectory(of: path)
    }

    /// - Returns: nil when there is no such file.
    static func read(_ path: String, limit: Int) throws(KeyCustodyError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", path)
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: limit + 1)
        var length = 0
        while length < buffer.count {
            let room = buffer.count - length
            let count = buffer.withUnsafeMutableBytes { bytes in
                Foundation.read(descriptor, bytes.baseAddress.map { $0 + length }, room)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            guard count > 0 else { break }
            length += count
        }
        guard length <= limit else {
            throw KeyCustodyError(.cannotStart, "\(path) is larger than \(limit) bytes; restore it")
        }
        return Array(buffer.prefix(length))
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes the file if it is there; durable after `syncDirectory`.
    static func remove(_ path: String) throws(KeyCustodyError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func syncDirectory(of path: String) throws(KeyCustodyError) {
        let directory = (path as NSString).deletingLastPathComponent
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", directory) }
    }

    private static func failure(_ verb: String, _ path: String) -> KeyCustodyError {
        KeyCustodyError(
            .cannotStart,
            "cannot \(verb) \(path): \(String(cString: strerror(errno))); check its owner and free space"
        )
    }
}
