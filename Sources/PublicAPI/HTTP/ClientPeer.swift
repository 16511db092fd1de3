public import ContactServices

/// Who is at the other end of the connection that a request came by. What the connection itself shows, never what a header claims.
public struct ClientPeer: Sendable {
    /// Numeric, without the port; nil where it is not known.
    public let address: String?
    /// Verified; nil when the client showed none, or one that does not count any more.
    public let certificate: ClientCertificate?

    public init(address: String? = nil, certificate: ClientCertificate? = nil) {
        self.address = address
        self.certificate = certificate
    }

    /// The server sets it around all that it does for one connection; asked anew for each request, since a certificate can be revoked
    /// while its connection is open.
    @TaskLocal public static var current = Connection { ClientPeer() }

    /// A connection that can be asked. A type of its own: in optimized builds of Swift 6.3 a task-local function has no metadata, and
    /// binding it crashes.
    public struct Connection: Sendable {
        private let ask: @Sendable () -> ClientPeer

        public init(_ ask: @escaping @Sendable () -> ClientPeer) { self.ask = ask }

        public func callAsFunction() -> ClientPeer { ask() }
    }
}
