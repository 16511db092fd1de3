import CLinux
import Foundation
import Testing

/// A child process with an empty signal mask. (Foundation's `Process` hands on the mask of the thread it
/// is called from, and a thread of the concurrency pool blocks SIGTERM, which the child then never hears.)
struct ChildProcess: Sendable {
    let pid: pid_t

    /// Runs `arguments[0]`; its output goes nowhere.
    init(_ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        // A software TPM that inherits another's connection keeps that one from ever seeing its end.
        _ = chancery_spawn_closes_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let failure = posix_spawn(&pid, arguments[0], &actions, &attributes, &words, environ)
        try #require(
            failure == 0, "cannot run \(arguments[0]): \(String(cString: strerror(failure)))")
        self.pid = pid
    }

    /// Waits for its end; the exit status, or nil when a signal ended it.
    @discardableResult func wait() -> Int32? {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    func end() {
        kill(pid, SIGTERM)
        wait()
    }
}
