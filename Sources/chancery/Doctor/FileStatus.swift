import Foundation
import ProcessBoundary

/// lstat(2), as the checks need it.
struct FileStatus: Sendable, Equatable {
    enum Kind: Sendable { case file, directory, socket, link, other }

    let kind: Kind
    /// The permission bits, setuid and sticky among them.
    let mode: mode_t
    let owner: uid_t
    let group: gid_t
    let size: UInt64
    let modified: Date

    static func of(_ path: String) -> Sight<FileStatus> {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            return errno == ENOENT || errno == ENOTDIR
                ? .missing : .hidden("\(path): \(SystemError.text(errno))")
        }
        let kind: Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            case S_IFLNK: .link
            default: .other
            }
        return .seen(
            FileStatus(
                kind: kind, mode: info.st_mode & 0o7777, owner: info.st_uid, group: info.st_gid,
                size: UInt64(clamping: info.st_size),
                modified: Date(
                    timeIntervalSince1970: TimeInterval(info.st_mtim.tv_sec)
                        + TimeInterval(info.st_mtim.tv_nsec) / 1e9)))
    }

    /// Names right below a directory, sorted.
    static func names(in directory: String) -> Sight<[String]> {
        guard let stream = opendir(directory) else {
            return errno == ENOENT || errno == ENOTDIR
                ? .missing : .hidden("\(directory): \(SystemError.text(errno))")
        }
        closedir(stream)
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return names.map { .seen($0.sorted()) } ?? .hidden("\(directory) cannot be listed")
    }
}

/// statvfs(3).
struct FileSystem: Sendable, Equatable {
    /// Bytes.
    let size: UInt64
    /// Bytes free for unprivileged users.
    let free: UInt64
    /// 0: it has no fixed number of them.
    let inodes: UInt64
    let freeInodes: UInt64
    /// Tells file systems apart.
    let identity: UInt64

    static func of(_ path: String) -> Sight<FileSystem> {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else {
            return errno == ENOENT ? .missing : .hidden("\(path): \(SystemError.text(errno))")
        }
        var file = stat()
        _ = stat(path, &file)
        let unit = UInt64(info.f_frsize)
        return .seen(
            FileSystem(
                size: UInt64(info.f_blocks).multipliedReportingOverflow(by: unit).partialValue,
                free: UInt64(info.f_bavail).multipliedReportingOverflow(by: unit).partialValue,
                inodes: UInt64(info.f_files), freeInodes: UInt64(info.f_favail),
                identity: UInt64(file.st_dev)))
    }
}
