import Foundation

/// What the kernel says of a process.
struct ProcessFigures: Sendable {
    /// Bytes in memory.
    let resident: Int
    let descriptors: Int

    /// - Throws: `TestFailure` when it does not run.
    init(_ pid: pid_t) throws {
        let statm = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
        let fields = statm?.split(separator: " ") ?? []
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
        guard fields.count > 1, let pages = Int(fields[1]), let names else {
            throw TestFailure("no process \(pid)")
        }
        resident = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        descriptors = names.count
    }

    static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
