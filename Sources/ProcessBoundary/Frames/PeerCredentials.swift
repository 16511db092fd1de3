public import Glibc
import NIOCore

/// Who is at the other end of a UNIX socket, as the kernel recorded it at connect(2) (unix(7), SO_PEERCRED).
public struct PeerCredentials: Sendable, Equatable {
    public let processID: pid_t
    public let userID: uid_t
    public let groupID: gid_t

    /// `struct ucred`, which Glibc hides behind _GNU_SOURCE.
    struct Raw: Sendable {
        var pid: pid_t = 0
        var uid: uid_t = .max
        var gid: gid_t = .max
    }

    static func of(_ channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let raw: EventLoopFuture<Raw> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        return raw.map {
            PeerCredentials(processID: $0.pid, userID: $0.uid, groupID: $0.gid)
        }
    }
}
