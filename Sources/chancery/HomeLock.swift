import Foundation

/// One operator command at a time changes what runs in a data directory.
final class HomeLock {
    private let descriptor: Int32

    /// Makes the data directory, too, where it is missing.
    /// - Throws: `busy` if another command holds it. Released when this process ends, however it ends.
    convenience init(_ home: Home, console: Console) throws(OperatorError) {
        try home.create(console)
        try self.init(existing: home)
    }

    init(existing home: Home) throws(OperatorError) {
        // O_CLOEXEC: the daemons started under the lock must not keep it.
        descriptor = open(home.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", home.lock, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw OperatorError(
                .busy,
                "Another chancery command is starting or stopping processes in \(home.shown).",
                next: "Wait for it to end, then run this again.")
        }
    }

    deinit { close(descriptor) }
}
