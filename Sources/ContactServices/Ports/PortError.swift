/// A call to a daemon that brought no reply.
public enum PortError: Error, Equatable, Sendable {
    /// Not connected; the request never left this process.
    case unavailable
    /// Sent, and no reply came: the connection broke, or time ran out. It may have been carried out.
    case noReply
    /// Not sent: too many calls are in flight already.
    case overloaded
    /// Not sent: the request does not fit into a frame.
    case tooLarge
    /// The reply cannot be read. The request may have been carried out.
    case malformed
}
