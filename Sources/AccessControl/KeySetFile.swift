import FoundationEssentials
import Glibc

/// A JWKS file on disk, and how to notice that it was replaced.
struct KeySetFile: Sendable {
    /// What changes when a file is replaced or rewritten.
    struct Version: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let seconds: Int64
        let nanoseconds: Int64
    }

    let path: String

    /// nil: not there.
    func version() -> Version? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Version(
            device: UInt64(info.st_dev), inode: UInt64(info.st_ino), size: Int64(info.st_size),
            seconds: Int64(info.st_mtim.tv_sec), nanoseconds: Int64(info.st_mtim.tv_nsec))
    }

    func read() throws(KeySetError) -> KeySet {
        guard let version = version() else {
            throw .init("\(path) is not there; create it with `chancery up` or choose --home")
        }
        guard version.size <= Int64(TokenLimits.keySetBytes) else {
            throw .init("\(path) cannot be used: it is too large")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw .init("\(path) cannot be read; check its permissions")
        }
        do {
            return try KeySet(bytes)
        } catch {
            throw .init("\(path) cannot be used: \(error.message)")
        }
    }
}
