import NIOSSL
import ProcessBoundary

/// What a new connection is made with: TLS 1.3 and nothing older, the server's certificate, and whose certificates clients may show.
final class TLSMaterial: Sendable {
    let context: NIOSSLContext
    /// Nil: clients are not asked for a certificate.
    let clients: ClientAuthority?

    /// - Throws: `StartError` naming the file; also where key and certificate are no pair.
    init(_ files: TLSFiles) throws(StartError) {
        let chain = try PEMFile.read(files.certificate)
        let key = try PEMFile.read(files.key)
        let clients = try Self.clients(files)
        context = try StartError.reading(files.certificate) {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(chain).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv13
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = GatewayLimits.farewell
            if let clients {
                // Asked for, not required: most callers have none. What is shown is checked by `ClientAuthority`.
                configuration.certificateVerification = .optionalVerification
                configuration.trustRoots = .certificates(clients.certificates)
                configuration.sendCANameList = true
            }
            return try NIOSSLContext(configuration: configuration)
        }
        self.clients = clients
    }

    private static func clients(_ files: TLSFiles) throws(StartError) -> ClientAuthority? {
        guard files.needsClientAuthority || SystemFile.exists(files.clientAuthority) else {
            return nil
        }
        let bundle = try PEMFile.read(files.clientAuthority)
        // Without one nobody could tell which certificates were revoked.
        let revocations = try PEMFile.read(files.clientRevocations)
        return try StartError.reading("\(files.clientAuthority) with \(files.clientRevocations)") {
            try ClientAuthority(bundle: bundle, revocations: revocations)
        }
    }
}
