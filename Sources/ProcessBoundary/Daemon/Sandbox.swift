import CLinux
import Glibc

/// What a daemon gives up for good before it touches data.
public enum Sandbox {
    /// - Parameters:
    ///   - dumpable: false for processes with secrets: no core dump, no ptrace and no /proc/PID/mem by the same user.
    /// - Throws: ``SandboxError`` naming the call that failed; the process should not go on.
    public static func harden(dumpable: Bool = false) throws(SandboxError) {
        // Files and sockets made from here on are the owner's alone.
        umask(0o077)
        try check("setrlimit(RLIMIT_CORE)", chancery_disable_core_files())
        // No set-user-id program started from here gains anything.
        try check("prctl(PR_SET_NO_NEW_PRIVS)", chancery_set_no_new_privs())
        if !dumpable { try check("prctl(PR_SET_DUMPABLE)", chancery_set_dumpable(0)) }
    }

    private static func check(_ call: String, _ errorNumber: Int32) throws(SandboxError) {
        guard errorNumber == 0 else { throw SandboxError(call: call, errorNumber: errorNumber) }
    }
}

public struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    public let call: String
    public let errorNumber: Int32

    public var description: String { "\(call) failed: \(SystemError.text(errorNumber))" }
}
