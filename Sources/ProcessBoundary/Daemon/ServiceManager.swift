import Glibc
import Synchronization

/// The service manager that started this process, and what it is told: sd_notify(3), by datagrams of lines `NAME=VALUE`.
///
///     READY=1        serves, or waits for a person: what can come by itself has come
///     STATUS=text    what it is at, in words, for `systemctl status`
///     STOPPING=1     has begun to stop
///     WATCHDOG=1     has just answered itself; silence for WATCHDOG_USEC ends it (sd_watchdog_enabled(3))
///
/// Without a manager that asked (NOTIFY_SOCKET) nothing is sent. What cannot be sent is dropped: the manager then does what it does
/// with a process that says nothing.
public final class ServiceManager: Sendable {
    /// Of this process, from its environment.
    public static let current = ServiceManager(
        environment: HomeLayout.environmentValue, processID: getpid())

    /// Longest status: a line at a terminal or two.
    static let maxStatusBytes = 400

    private let socketPath: String?
    /// Nil: nobody watches.
    public let watchdogInterval: Duration?
    private let last = Mutex("")

    init(environment: (String) -> String?, processID: pid_t) {
        // A path, or `@` and a name of the abstract name space (unix(7)).
        socketPath = environment("NOTIFY_SOCKET").flatMap {
            ["/", "@"].contains($0.prefix(1)) ? $0 : nil
        }
        let watched = environment("WATCHDOG_PID").map { pid_t($0) == processID } ?? true
        watchdogInterval =
            watched
            ? environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap {
                $0 > 0 ? .microseconds($0) : nil
            } : nil
    }

    public func ready(_ status: String) { say("READY=1\n", status) }
    public func stopping() { say("STOPPING=1\n", "stopping") }

    /// Said once, however often it is repeated.
    public func status(_ text: String) {
        let isNews = last.withLock { last in
            defer { last = text }
            return last != text
        }
        if isNews { send(line(text)) }
    }

    private func say(_ change: String, _ status: String) {
        last.withLock { $0 = status }
        send(change + line(status))
    }

    /// Sends a sign of life after each answer of `answers`, three in the time that the manager waits for one. Returns when its task is
    /// cancelled, at once where nobody watches.
    public func keepAlive(_ answers: @Sendable () async -> Void) async {
        guard let watchdogInterval else { return }
        while !Task.isCancelled {
            await answers()
            send("WATCHDOG=1")
            try? await Task.sleep(for: watchdogInterval / 3)
        }
    }

    private func line(_ status: String) -> String {
        // One line: what follows a newline would be another message.
        "STATUS="
            + String(
                decoding: status.utf8.prefix(Self.maxStatusBytes).map { $0 < 0x20 ? 0x20 : $0 },
                as: UTF8.self)
    }

    private func send(_ message: String) {
        guard let socketPath else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketPath.utf8)
        guard path.count <= HomeLayout.maxSocketPathBytes else { return }
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // A name of the abstract name space ends with the address, not with a zero.
        let length = MemoryLayout<sa_family_t>.size + path.count
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
                    address, socklen_t(length))
            }
        }
    }
}
