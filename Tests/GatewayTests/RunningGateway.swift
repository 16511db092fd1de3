import AccessControl
import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import NIOCore
import NIOSSL
import PublicAPI
import ServiceFakes
import ServiceLifecycle
import X509

@testable import chancery_gateway

/// The gateway's server over TLS on a free port, with fake daemons behind it, and a client that trusts it.
struct RunningGateway {
    let ledger: FakeLedger
    let client: HTTPClient
    let base: String

    static func run(_ body: (RunningGateway) async throws -> Void) async throws {
        let ledger = FakeLedger()
        let (certificate, key) = try identity()
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv13
        tls.applicationProtocols = ["http/1.1"]
        let (addresses, listening) = AsyncStream<SocketAddress?>.makeStream()
        let server = GatewayServer(
            api: PublicAPI(
                ledger: ledger, keeper: FakeKeeper(), authority: FakeAuthority(),
                policies: try PolicySet.standard()),
            tls: tls, logger: Logger(label: "gateway", factory: { _ in SwiftLogNoOpLogHandler() }),
            onListening: { listening.yield($0) })
        let group = ServiceGroup(
            services: try server.applications(host: "localhost", port: 0),
            logger: Logger(label: "services", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var address = addresses.makeAsyncIterator()
            guard let port = await address.next()??.port else { throw NoPort() }
            var trust = TLSConfiguration.makeClientConfiguration()
            trust.trustRoots = .certificates([certificate])
            var configuration = HTTPClient.Configuration(tlsConfiguration: trust)
            configuration.httpVersion = .http1Only
            let client = HTTPClient(
                eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
            let gateway = RunningGateway(
                ledger: ledger, client: client, base: "https://localhost:\(port)")
            do {
                try await body(gateway)
            } catch {
                try? await client.shutdown()
                await group.triggerGracefulShutdown()
                throw error
            }
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private struct NoPort: Error {}

    func post(_ path: String, token: String, type: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer " + token)
        request.headers.add(name: "Content-Type", value: type)
        request.headers.add(name: "X-Purpose", value: "sales")
        return request
    }

    private static func identity() throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("localhost") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -60),
            notValidAfter: Date(timeIntervalSinceNow: 3_600), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                SubjectAlternativeNames([.dnsName("localhost")])
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return (
            try NIOSSLCertificate(
                bytes: Array(certificate.serializeAsPEM().pemString.utf8), format: .pem),
            try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem)
        )
    }
}
