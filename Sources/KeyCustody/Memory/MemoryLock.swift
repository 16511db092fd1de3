import Foundation

/// Keeps the whole process out of swap, where that is possible without harm.
public enum MemoryLock {
    /// Locks pages as they are touched (`MCL_ONFAULT`, so thread stacks do not count in full).
    ///
    /// Under a finite memlock limit later allocations or threads would fail, so without the privilege
    /// or an unlimited limit nothing is locked; secrets in `SecretBytes` are locked one by one even then.
    ///
    /// - Returns: whether the process is locked; health reports it.
    public static func lockProcess() -> Bool {
        guard hasUnlimitedMemlock() || holdsLockPrivilege() else { return false }
        return mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE) | Int32(MCL_ONFAULT)) == 0
    }

    private static func hasUnlimitedMemlock() -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else {
            return false
        }
        return limit.rlim_cur == rlim_t.max
    }

    /// CAP_IPC_LOCK, bit 14 of the effective set in /proc/self/status.
    private static func holdsLockPrivilege() -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
            return false
        }
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        guard let digits = line?.split(whereSeparator: \.isWhitespace).last,
            let set = UInt64(digits, radix: 16)
        else { return false }
        return set & 1 << 14 != 0
    }
}
