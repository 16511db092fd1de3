import Glibc
import Synchronization

/// An exclusive lock (flock(2)) on a file or a directory, held until it is released or its holder goes; the kernel lets
/// go with the process.
public final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// A file that is there for the lock alone; made, with mode 0600, where it is missing.
    /// - Parameter isInherited: what is started under the lock holds it, too, and may outlive who took it.
    /// - Returns: nil when another holds it.
    public convenience init?(
        file path: String, isInherited: Bool = false
    ) throws(SystemError) {
        try self.init(path, O_RDWR | O_CREAT, isInherited)
    }

    /// A lock on the directory itself, so that no further file stands in it.
    /// - Parameter isInherited: as of a file.
    /// - Returns: nil when another holds it.
    public convenience init?(
        directory path: String, isInherited: Bool = false
    ) throws(SystemError) {
        try self.init(path, O_RDONLY | O_DIRECTORY, isInherited)
    }

    private init?(_ path: String, _ flags: Int32, _ isInherited: Bool) throws(SystemError) {
        let descriptor = open(path, flags | (isInherited ? 0 : O_CLOEXEC), 0o600)
        guard descriptor >= 0 else { throw SystemError("open", path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Others may take it.
    public func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    deinit { release() }
}
