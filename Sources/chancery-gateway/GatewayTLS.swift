import NIOSSL
import ProcessBoundary

/// TLS 1.3 and nothing older, with the server certificate of the data directory.
enum GatewayTLS {
    static func configuration(_ home: HomeLayout) throws(StartError) -> TLSConfiguration {
        let chain = try StartError.reading(home.serverCertificate) {
            try NIOSSLCertificate.fromPEMFile(home.serverCertificate)
        }
        let key = try StartError.reading(home.serverKey) {
            try NIOSSLPrivateKey(file: home.serverKey, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
