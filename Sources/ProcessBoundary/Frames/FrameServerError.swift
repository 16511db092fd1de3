/// Why a server could not start.
public struct FrameServerError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Another process answers on the socket.
        case alreadyListening
        /// Something that is not a socket stands at the path.
        case notASocket
        /// The path cannot be bound: directory, permissions, length.
        case cannotBind
    }

    public let code: Code
    public let message: String

    public var description: String { message }
}
