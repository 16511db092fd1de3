import AccessControl
import AsyncHTTPClient
import ContactServices
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import PublicAPI
import ServiceFakes
import ServiceLifecycle
import Testing

@testable import chancery_gateway

/// The gateway's server over TLS on a free port, with fake daemons behind it, and a client that trusts it.
struct RunningGateway {
    let ledger: FakeLedger
    let pki: TestPKI
    let tls: GatewayTLS
    let client: HTTPClient
    let base: String
    let port: Int

    /// - Parameter recheck: how often the files of certificates are looked at.
    static func run(
        pki: TestPKI? = nil, authority: any TokenAuthority = FakeAuthority(),
        operatorsNeedCertificates: Bool = false, recheck: Duration = .zero,
        proxies: [AddressRange] = [], connectionsPerAddress: Int = 1_024,
        rules: EdgeRules = EdgeRules(),
        _ body: (RunningGateway) async throws -> Void
    ) async throws {
        let pki = try pki ?? TestPKI()
        let ledger = FakeLedger()
        let logger = Logger(label: "gateway", factory: { _ in SwiftLogNoOpLogHandler() })
        let (addresses, listening) = AsyncStream<SocketAddress?>.makeStream()
        let tls = try GatewayTLS(TLSFiles(pki.home), logger: logger, recheck: recheck)
        var rules = rules
        rules.refusalWindow = .milliseconds(20)
        rules.operatorsNeedCertificates = operatorsNeedCertificates
        rules.certificates = { tls.condition }
        let api = PublicAPI(
            ledger: ledger, keeper: FakeKeeper(), authority: authority, edge: rules)
        await api.policies.refresh()
        let server = GatewayServer(
            api: api, tls: tls, proxies: proxies, connectionsPerAddress: connectionsPerAddress,
            logger: logger, onListening: { listening.yield($0) })
        let group = ServiceGroup(
            services: server.applications(host: "localhost", port: 0), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var address = addresses.makeAsyncIterator()
            guard let port = await address.next()??.port else { throw NoPort() }
            let client = try Self.client(pki)
            let gateway = RunningGateway(
                ledger: ledger, pki: pki, tls: tls, client: client,
                base: "https://localhost:\(port)",
                port: port)
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

    private static func client(
        _ pki: TestPKI, showing identity: TestPKI.Client? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(pki.home.caCertificate))
        if let identity {
            tls.certificateChain = [.certificate(identity.certificate)]
            tls.privateKey = .privateKey(identity.key)
        }
        change(&tls)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        // A refused handshake is an answer, not something to try again until the deadline.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Another client, with connections of its own.
    func with<Value>(
        _ identity: TestPKI.Client? = nil, _ change: (inout TLSConfiguration) -> Void = { _ in },
        _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let client = try Self.client(pki, showing: identity, change)
        do {
            let value = try await body(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    struct Answer {
        let status: UInt
        let headers: HTTPHeaders
        let body: String
    }

    /// - Parameter client: nil: the one without a certificate.
    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil, headers: [String: String] = [:],
        over client: HTTPClient? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await (client ?? self.client).execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: response.status.code, headers: response.headers, body: String(buffer: body))
    }

    /// Whoever shows no certificate is served.
    func expectService(location: SourceLocation = #_sourceLocation) async throws {
        let status = try await send(.GET, "/healthz").status
        #expect(status == 200, sourceLocation: location)
    }

    func post(_ path: String, token: String, type: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer " + token)
        request.headers.add(name: "Content-Type", value: type)
        request.headers.add(name: "X-Purpose", value: "sales")
        return request
    }
}
