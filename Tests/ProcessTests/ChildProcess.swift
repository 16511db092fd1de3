import CLinux
import Foundation

/// A program started by a test. It inherits nothing but its standard streams, and whoever reaps it waits for it alone: with
/// Foundation's `Process`, the end of a program is seen only when the last of its descendants has ended, daemons too.
struct ChildProcess {
    let pid: pid_t

    /// - Parameters:
    ///   - environment: replaces variables of ours; nil removes one.
    ///   - output: a file to append to, like `errors`; both must exist.
    ///   - outputDescriptor: takes its output instead of `output`.
    init(
        _ executable: String, _ arguments: [String], environment changes: [String: String?] = [:],
        output: String, errors: String, outputDescriptor: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_APPEND, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_APPEND, 0)
        if let outputDescriptor {
            posix_spawn_file_actions_adddup2(&actions, outputDescriptor, STDOUT_FILENO)
        }
        _ = chancery_spawn_closes_from(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of the concurrency runtime block signals; a child that inherits that would not hear SIGTERM.
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        let vector = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in vector + variables { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, executable, &actions, &attributes, vector, variables)
        guard result == 0 else { throw TestFailure("cannot start \(executable): \(result)") }
        self.pid = pid
    }

    /// Waits for its end. To be called once, like `poll` until it tells one.
    /// - Returns: its exit status, or 128 and the signal that ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return Self.code(status)
    }

    /// Nil while it runs.
    func poll() -> Int32? {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid ? Self.code(status) : nil
    }

    private static func code(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
