import Glibc

/// File steps whose order and durability matter, for every process. Each throws ``SystemError`` naming step and file;
/// the modules above put their own code and advice to it.
public enum SystemFile {
    /// Replaces `path` in one step: readers see the old bytes or all of the new ones, also after power loss.
    ///
    /// Writes beside, syncs, renames over, syncs the directory. A failure leaves the old file, and nothing beside it.
    /// - Parameter mode: `mode_t` of the file, whatever the process's umask.
    public static func replace(
        _ bytes: some Sequence<UInt8>, at path: String, mode: UInt32 = 0o600
    ) throws(SystemError) {
        let temporary = path + ".tmp"
        do throws(SystemError) {
            try write(bytes, to: temporary, mode: mode)
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes a file whose bytes are on disk when this returns; its name is after ``sync(_:)`` of the directory.
    public static func write(
        _ bytes: some Sequence<UInt8>, to path: String, mode: UInt32 = 0o600
    ) throws(SystemError) {
        let descriptor = open(
            path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw SystemError("create", path, errno: errno) }
        defer { close(descriptor) }
        try writeAll(Array(bytes)[...], to: descriptor, path)
        guard fchmod(descriptor, mode) == 0 else {
            throw SystemError("set permissions of", path, errno: errno)
        }
        guard fsync(descriptor) == 0 else { throw SystemError("sync", path, errno: errno) }
    }

    /// Replaces `target`, durably: the directory is synced.
    public static func rename(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.rename(path, target) == 0 else {
            throw SystemError("rename", path, errno: errno)
        }
        try sync(directory(of: target))
    }

    /// Makes a file's bytes, or a directory's names, survive power loss.
    public static func sync(_ path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("sync", path, errno: errno) }
    }

    /// Removes the file if it is there; durable after ``sync(_:)`` of the directory.
    public static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw SystemError("remove", path, errno: errno)
        }
    }

    /// All bytes of a file that is no symbolic link.
    /// - Parameter limit: in bytes; a larger file throws `EFBIG`.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw SystemError("open", path, errno: errno) }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var block = [UInt8](repeating: 0, count: min(limit, 1 << 16) + 1)
        while true {
            let count = block.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path, errno: errno) }
            guard count > 0 else { return result }
            guard result.count + count <= limit else {
                throw SystemError("read", path, errno: EFBIG)
            }
            result += block[..<count]
        }
    }

    /// Whether anything has this name; a symbolic link counts itself.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Free bytes for unprivileged users on the file system of `path`; nil when it does not tell.
    public static func freeBytes(_ path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        // File systems in user space may report nonsense.
        let (bytes, isTooMuch) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMuch ? .max : bytes
    }

    /// The directory that holds `path`.
    public static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
