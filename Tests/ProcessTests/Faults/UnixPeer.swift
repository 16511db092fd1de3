import Foundation

/// A process on the other end of a daemon's socket that keeps to no protocol.
final class UnixPeer {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let descriptor = descriptor
        // EAGAIN: the backlog is full for the moment.
        for attempt in 0..<10_000 {
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if result == 0 { return }
            guard errno == EAGAIN, attempt < 9_999 else { break }
            usleep(1_000)
        }
        let reason = errno
        close(descriptor)
        throw TestFailure("cannot connect to \(path): \(reason)")
    }

    deinit { close(descriptor) }

    /// Sends what the other side takes.
    /// - Returns: how many bytes it took before it stopped for `patience`, or closed.
    @discardableResult
    func send(_ bytes: [UInt8], patience: Duration = .seconds(2)) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno != EAGAIN || !wait(Int16(POLLOUT), patience) {
                break
            }
        }
        return sent
    }

    /// What the daemon says within `patience`, up to `limit` bytes; empty when it closes or is silent.
    func receive(limit: Int = 4_096, patience: Duration = .seconds(10)) -> [UInt8] {
        guard wait(Int16(POLLIN), patience) else { return [] }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Whether the daemon has closed the connection, or does within `patience`.
    func isClosed(patience: Duration) -> Bool {
        guard wait(Int16(POLLIN), patience) else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0
    }

    private func wait(_ events: Int16, _ patience: Duration) -> Bool {
        var poll = pollfd(fd: descriptor, events: events, revents: 0)
        return Glibc.poll(&poll, 1, Int32(patience / .milliseconds(1))) > 0
    }
}
