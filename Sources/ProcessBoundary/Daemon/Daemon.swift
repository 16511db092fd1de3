import CLinux
import Dispatch
import Glibc
public import Logging

/// What the three daemons' `main` have in common.
public enum Daemon {
    /// The first thing a daemon does, on its first thread: it gives up what it has no need of (no_new_privs holds for a
    /// thread and those that it starts, so there must be one only), and lets a write to a socket whose peer is gone be
    /// an error, not the end. A process that cannot be hardened ends here.
    public static func begin(_ name: String) {
        do throws(SandboxError) { try Sandbox.harden() } catch { exit(name, error) }
        signal(SIGPIPE, SIG_IGN)
    }

    /// For a process whose memory is bounded and whose threads allocate little at a time: they share two heaps.
    /// On its first thread.
    public static func shareHeaps() { chancery_share_heaps(2) }

    /// Sends swift-log to standard error. The level is `CHANCERY_LOG` (`trace` … `critical`), else `info`.
    ///
    /// Once per process, before the first logger is made.
    public static func bootstrapLogging() {
        let level = HomeLayout.environmentValue("CHANCERY_LOG")
            .flatMap { Logger.Level(rawValue: $0.lowercased()) }
        LoggingSystem.bootstrap { label in
            SinkLogHandler(label: label, sink: standardError, logLevel: level ?? .info)
        }
        // For those that end by themselves.
        atexit { Daemon.standardError.flush() }
    }

    private static let standardError = LogSink(descriptor: STDERR_FILENO)

    /// A logger that says nothing, for the keeper.
    public static let silentLogger = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }

    /// Begins to catch SIGTERM and SIGINT. Call it before anything that must be closed in order
    /// is opened: a signal that comes before ends the process at once.
    public static func catchSignals() -> TerminationSignals { TerminationSignals() }

    /// One line on standard error and to the service manager, then exit: for errors that keep a daemon from starting.
    public static func exit(_ name: String, _ error: any Error, status: Int32 = 1) -> Never {
        ServiceManager.current.status("\(error)")
        let line = Array("\(name): \(error)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        end(status: status)
    }

    /// Ends the process where it stands: what is durable is, and what other threads are still in (a TPM's call, a reply) must not find
    /// its libraries torn down.
    public static func end(status: Int32 = 0) -> Never {
        standardError.flush()
        _exit(status)
    }
}
