import Glibc

/// Listening sockets that the service manager opened for this process: sd_listen_fds(3).
///
/// They are there before the process and outlive it, so callers wait where they would be refused.
public struct InheritedSockets: Sendable {
    /// Of this process, from its environment. Ask once: a socket has one owner.
    public static let current = InheritedSockets(
        environment: HomeLayout.environmentValue, processID: getpid())

    /// SD_LISTEN_FDS_START
    private static let first: CInt = 3
    /// More than any daemon has.
    private static let most: CInt = 16

    private let descriptors: [String: CInt]

    init(environment: (String) -> String?, processID: pid_t) {
        guard environment("LISTEN_PID").flatMap({ pid_t($0) }) == processID,
            let count = environment("LISTEN_FDS").flatMap({ CInt($0) }),
            (1...Self.most).contains(count)
        else {
            descriptors = [:]
            return
        }
        let names = (environment("LISTEN_FDNAMES") ?? "")
            .split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        var found: [String: CInt] = [:]
        for (name, descriptor) in zip(names, Self.first..<(Self.first + count)) {
            // Sockets alone, and none that a child could inherit.
            guard Self.isListening(descriptor), found[name] == nil else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            found[name] = descriptor
        }
        descriptors = found
    }

    /// - Parameter path: of its file, whose last part is its name (FileDescriptorName= of the socket's unit).
    /// - Returns: nil where the process makes its socket itself.
    public func descriptor(at path: String) -> CInt? {
        descriptors[String(path.split(separator: "/").last ?? "")]
    }

    private static func isListening(_ descriptor: CInt) -> Bool {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0
            && value == 1
    }
}
