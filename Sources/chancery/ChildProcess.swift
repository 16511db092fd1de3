import CLinux
import Foundation

/// Starts programs as children of this process.
enum ChildProcess {
    /// POSIX_SPAWN_SETSID of <spawn.h>, which Swift does not import.
    private static let newSession: Int16 = 0x80

    /// - Parameters:
    ///   - output: file to append to; nil lets the child write to where we do.
    ///   - detached: in a session of its own, without a terminal, so that it outlives us. Else it is in our process group,
    ///     and a ^C at the terminal reaches it, too.
    static func spawn(
        _ executable: String, _ arguments: [String], output: String?, detached: Bool
    ) throws(OperatorError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let output {
            posix_spawn_file_actions_addopen(
                &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        // What our caller left open is not the daemon's: one that waits for our end by a descriptor of its own
        // would wait for the daemon's. Others inherit the locks under which they work.
        if detached { _ = chancery_spawn_closes_from(&actions, STDERR_FILENO + 1) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        // An ignored signal stays ignored across exec; the children start with a clean slate.
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Threads of the concurrency runtime block signals, and a child inherits the mask: it would not hear SIGTERM.
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(
            &attributes,
            (detached ? newSession : 0) | Int16(POSIX_SPAWN_SETSIGDEF)
                | Int16(POSIX_SPAWN_SETSIGMASK))

        let vector = cStrings([executable] + arguments)
        let environment = cStrings(ProcessInfo.processInfo.environment.map { "\($0)=\($1)" })
        defer { for pointer in vector + environment { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, executable, &actions, &attributes, vector, environment)
        guard result == 0 else { throw .system("start", executable, errno: result) }
        return pid
    }

    /// A null-terminated vector, as exec wants it; the caller frees its strings.
    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }

    /// Whether a child of ours has ended; reaps it. False for a process that is not our child.
    static func hasEnded(_ pid: pid_t) -> Bool {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid
    }

    /// - Returns: as ``wait(for:)`` if a child of ours has ended; nil: it runs.
    static func status(of pid: pid_t) -> Int32? {
        var status: Int32 = 0
        let result = waitpid(pid, &status, WNOHANG)
        if result < 0, errno != EINTR { return 128 }
        return result == pid ? code(status) : nil
    }

    /// Waits until a child of ours has ended.
    /// - Returns: its exit status, or 128 + signal, as a shell has it.
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return code(status)
    }

    private static func code(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
