import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTPS to the gateway, trusting the local CA alone where its certificate is of that.
struct GatewayClient: Sendable {
    let base: String
    private let client: HTTPClient

    struct Reply: Sendable {
        let status: Int
        let body: [UInt8]
    }

    private static let longestReply = 1 << 20

    /// - Parameter identity: the client certificate to show; nil: none.
    /// - Throws: `notInitialised` without a CA, or without the certificate.
    init(home: Home, base: String, identity: ClientIdentity? = nil) throws(OperatorError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        if let authority = home.gatewayAuthority {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
            } catch {
                throw OperatorError(
                    .notInitialised, "Cannot read the CA certificate \(authority).",
                    next: "Run `chancery \(home.preparation)`, which makes it.")
            }
        }
        do {
            if let identity {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate)
                    .map { .certificate($0) }
                tls.privateKey = .privateKey(
                    try NIOSSLPrivateKey(file: identity.key, format: .pem))
            }
        } catch {
            throw OperatorError(
                .notInitialised, "Cannot read the client certificate of this command: \(error)",
                next: "Run `chancery \(home.preparation)`, which makes it.")
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5))
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        self.base = base
    }

    /// One request with a small answer.
    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil,
        headers: [(String, String)] = [],
        body: [UInt8]? = nil, timeout: TimeAmount
    ) async throws(OperatorError) -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: Self.longestReply)
            return Reply(status: Int(response.status.code), body: Array(buffer: bytes))
        } catch {
            throw unreachable(error)
        }
    }

    /// A request whose body and answer both stream.
    func stream(_ request: HTTPClientRequest, deadline: NIODeadline) async throws
        -> HTTPClientResponse
    {
        try await client.execute(request, deadline: deadline)
    }

    func unreachable(_ error: any Error) -> OperatorError {
        OperatorError(
            .unreachable, "No answer from \(base): \(error)",
            next: "See `chancery status`; `chancery up` starts what is missing.")
    }

    func shutdown() async { try? await client.shutdown() }
}
