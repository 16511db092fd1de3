import Glibc

/// What changes when a file is replaced or rewritten.
public struct FileVersion: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    /// Bytes.
    public let size: Int64
    private let seconds: Int64
    private let nanoseconds: Int64

    /// nil: not there.
    public init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        device = UInt64(info.st_dev)
        inode = UInt64(info.st_ino)
        size = Int64(info.st_size)
        seconds = Int64(info.st_mtim.tv_sec)
        nanoseconds = Int64(info.st_mtim.tv_nsec)
    }
}
