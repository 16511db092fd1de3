import Glibc

/// Which build of a program a process runs: another one once the file is replaced, as linking does.
///
/// A hardened process hides its /proc/PID/exe from everybody but root, so it tells by itself.
public struct ProgramVersion: Sendable, Equatable {
    public let text: String

    init(_ text: String) { self.text = text }

    /// Of the file that a process started from `path` now would run; nil if there is none.
    public init?(ofFile path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        let time = info.st_mtim
        text = "\(info.st_dev):\(info.st_ino):\(info.st_size):\(time.tv_sec).\(time.tv_nsec)"
    }

    /// The kernel's link leads to the file itself, also when its name is gone or leads elsewhere by now.
    static var ofThisProcess: ProgramVersion? { ProgramVersion(ofFile: "/proc/self/exe") }
}
