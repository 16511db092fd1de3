import NIOCore

/// Bounds of the server, with their reasons.
enum GatewayLimits {
    /// Of each listener: 10,000 that say nothing leave room for those that do. A connection costs some 70 KB with TLS: 860 MB where all
    /// are open, twice that on 127.0.0.1, which listens on ::1 too.
    static let connections = 12_288
    /// Of one address, over all listeners: more than any pool of a client has, and a twelfth of a listener's.
    static let connectionsPerAddress = 1_024
    /// Of TLS, from the first byte on: two round trips and a signature, on a bad line.
    static let handshakeTimeout: TimeAmount = .seconds(10)
    /// Of a request's head, from its first byte on: at most 32 KiB, which take a second on a bad line.
    static let headerTimeout: TimeAmount = .seconds(20)
    /// Longer than the keep-alive of common clients' pools; a client that says nothing meanwhile loses its connection.
    static let idleTimeout: TimeAmount = .seconds(75)
    /// For a client's word that it knows of its connection's end, after which that is cut: round trips on a bad line. A stop waits it
    /// out while anybody is connected, since nothing is read from them any more.
    static let farewell: TimeAmount = .seconds(1)
    /// A token of 8 KiB fits beside the usual headers.
    static let headerFieldBytes = 16 * 1_024
    static let headerListBytes = 32 * 1_024
    static let headerCount = 100
    /// Longer than one append, shorter than a service manager's patience.
    static let shutdownGrace: Duration = .seconds(15)
}
