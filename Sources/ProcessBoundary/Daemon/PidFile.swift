public import Glibc

/// `run/NAME.pid`: names the running daemon, and its lock (flock(2)) keeps a second one from starting.
///
///     4711 LF                     the process
///     DEVICE:INODE:SIZE:TIME LF   the program it runs, see ``ProgramVersion``
///
/// The lock, not the file, says that somebody runs: the kernel drops it with the process however that ends. So the
/// file may stay behind after a kill, and is taken over.
public final class PidFile: Sendable {
    public let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// - Throws: ``PidFileError``; `.alreadyRunning` names the process that holds it.
    public static func acquire(_ path: String) throws(PidFileError) -> PidFile {
        // A predecessor removes its file at the end, perhaps between our open and our lock: the lock would then be
        // on a file that nobody else finds, and a third process would get one too. Then the next file is the one.
        while true {
            if let file = try acquireOnce(path) { return file }
        }
    }

    /// - Returns: nil when the file locked is no longer the one at `path`.
    private static func acquireOnce(_ path: String) throws(PidFileError) -> PidFile? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .init(.cannotWrite, "cannot open \(path): \(SystemError.text(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = owner(of: path).map { " (process \($0.pid))" } ?? ""
            Glibc.close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw .init(.cannotWrite, "cannot lock \(path): \(SystemError.text(reason))")
            }
            throw .init(
                .alreadyRunning, "another copy\(owner) is running: it holds \(path); stop it first")
        }
        guard isAt(path, descriptor) else {
            Glibc.close(descriptor)
            return nil
        }
        let text = Array("\(getpid())\n\(ProgramVersion.ofThisProcess?.text ?? "")\n".utf8)
        guard ftruncate(descriptor, 0) == 0,
            text.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == text.count
        else {
            let reason = errno
            Glibc.close(descriptor)
            throw .init(.cannotWrite, "cannot write \(path): \(SystemError.text(reason))")
        }
        return PidFile(path: path, descriptor: descriptor)
    }

    private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
        var (named, open) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(descriptor, &open) == 0
            && named.st_dev == open.st_dev && named.st_ino == open.st_ino
    }

    /// What stands in the file.
    public struct Owner: Sendable, Equatable {
        public let pid: pid_t
        /// Nil: written by a version that did not tell.
        public let program: ProgramVersion?
    }

    /// Who wrote the file, whether or not it still runs.
    public static func owner(of path: String) -> Owner? {
        guard let bytes = try? SystemFile.read(path, limit: 256) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let pid = lines.first.flatMap({ pid_t($0) }) else { return nil }
        return Owner(pid: pid, program: lines.count > 1 ? ProgramVersion(String(lines[1])) : nil)
    }

    /// Removes the file, then drops the lock with the object.
    public func release() { unlink(path) }

    deinit { Glibc.close(descriptor) }
}

public struct PidFileError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable { case alreadyRunning, cannotWrite }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
