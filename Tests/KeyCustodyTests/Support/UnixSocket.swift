import Foundation
import Testing

/// A bare UNIX stream socket.
struct UnixSocket {
    private let descriptor: Int32

    /// Takes connections and says nothing.
    static func listening(at path: String) throws -> UnixSocket {
        let socket = UnixSocket()
        try #require(socket.with(path) { bind(socket.descriptor, $0, $1) } == 0)
        try #require(listen(socket.descriptor, 8) == 0)
        return socket
    }

    /// Whether somebody listens there.
    static func answers(at path: String) -> Bool {
        let socket = UnixSocket()
        defer { socket.close() }
        return socket.with(path) { connect(socket.descriptor, $0, $1) } == 0
    }

    private init() {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    }

    func close() {
        _ = Foundation.close(descriptor)
    }

    private func with(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
