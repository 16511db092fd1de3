import ProcessBoundary

/// One operator command at a time changes what runs in a data directory. A program that it runs to its end holds the lock,
/// too: it goes on when the command is killed, and nobody may come between.
final class HomeLock {
    private let lock: FileLock

    /// Makes the data directory, too, where it is missing.
    /// - Throws: `busy` if another command holds it. Released when this process ends, however it ends.
    convenience init(_ home: Home, console: Console) throws(OperatorError) {
        try home.create(console)
        try self.init(existing: home)
    }

    init(existing home: Home) throws(OperatorError) {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock(file: home.lock, isInherited: true)
        } catch {
            throw .system(error)
        }
        guard let lock else {
            throw OperatorError(
                .busy,
                "Another chancery command, or what it left behind when it was killed, is at work in \(home.shown).",
                next: "Wait for it to end, then run this again.")
        }
        self.lock = lock
    }
}
