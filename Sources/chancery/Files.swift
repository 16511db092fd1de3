import Foundation

/// Small file operations with the modes and the durability that keys deserve.
enum Files {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func makePrivateDirectory(_ path: String) throws(OperatorError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot create \(path): \(error.localizedDescription)",
                next: "Check the owner and the free space of its parent directory.")
        }
        guard chmod(path, 0o700) == 0 else { throw .system("chmod", path, errno: errno) }
    }

    /// Replaces `path` in one step: readers see the old bytes or all of the new ones, also after a power loss.
    static func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o600)
        throws(OperatorError)
    {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system("create", temporary, errno: errno) }
        let data = Array(bytes)
        var offset = 0
        while offset < data.count {
            let written = data[offset...].withUnsafeBytes { unsafe in
                Glibc.write(descriptor, unsafe.baseAddress, unsafe.count)
            }
            if written < 0 {
                let number = errno
                if number == EINTR { continue }
                close(descriptor)
                throw .system("write", temporary, errno: number)
            }
            offset += written
        }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
            let number = errno
            close(descriptor)
            throw .system("fsync", temporary, errno: number)
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw .system("rename", path, errno: errno) }
    }

    static func read(_ path: String, limit: Int = 1 << 20) throws(OperatorError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .system("open", path, errno: errno)
        }
        defer { try? handle.close() }
        do {
            return Array(try handle.read(upToCount: limit) ?? Data())
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot read \(path): \(error.localizedDescription)",
                next: "Check its owner and mode.")
        }
    }

    static func readText(_ path: String) throws(OperatorError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Bytes of the regular files right below `directory`; 0 if there is none.
    static func size(ofDirectory directory: String) -> UInt64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: directory + "/" + name)
            return sum + ((attributes?[.size] as? UInt64) ?? 0)
        }
    }

    /// Of the file system that holds `path`, or will.
    static func freeBytes(at path: String) -> UInt64 {
        var path = path
        while path.count > 1, !exists(path) { path = (path as NSString).deletingLastPathComponent }
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return 0 }
        return UInt64(information.f_bavail) * UInt64(information.f_frsize)
    }
}
