import ProcessBoundary

/// Where the server's certificate lies, and what client certificates are checked against.
struct TLSFiles: Sendable {
    let certificate: String
    let key: String
    /// Roots and intermediates of client certificates.
    let clientAuthority: String
    let clientRevocations: String
    /// Nobody is asked for a certificate where there is no `clientAuthority`, unless it has to be there.
    let needsClientAuthority: Bool

    /// - Parameters:
    ///   - clientAuthority: nil: that of the data directory, if it has one.
    ///   - clientRevocations: nil: that of the data directory.
    init(
        _ home: HomeLayout, clientAuthority: String? = nil, clientRevocations: String? = nil,
        needsClientAuthority: Bool = false
    ) {
        certificate = home.serverCertificate
        key = home.serverKey
        self.clientAuthority = clientAuthority ?? home.clientAuthority
        self.clientRevocations = clientRevocations ?? home.clientRevocations
        self.needsClientAuthority = needsClientAuthority || clientAuthority != nil
    }

    var paths: [String] { [certificate, key, clientAuthority, clientRevocations] }
}
