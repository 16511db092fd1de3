import AccessControl
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTPS to the address where an issuer of tokens publishes its keys (RFC 7517, section 5). It follows no redirect: whoever
/// answers in the place of that address would say whose tokens count.
struct KeySetClient: Sendable {
    enum Answer: Equatable {
        case unchanged
        /// - Parameter tag: `ETag`, to ask with the next time (RFC 9110, section 13.1.2).
        case bytes([UInt8], tag: String?)
    }

    /// Holds nothing that is not for logs.
    let url: String
    private let client: HTTPClient
    private let patience: Duration

    private static let longestURL = 2_048
    private static let longestTag = 256

    /// - Parameters:
    ///   - authority: PEM file of the one whose certificates count; nil: those that this machine trusts.
    ///   - patience: for the whole answer.
    /// - Throws: `badInput` for an address that is not HTTPS, or an authority that cannot be read.
    init(
        url: String, authority: String?, patience: Duration = .seconds(10)
    ) throws(OperatorError) {
        let parts = URLComponents(string: url)
        guard let parts, url.utf8.count <= Self.longestURL, parts.scheme == "https",
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.fragment == nil, parts.query == nil
        else {
            throw OperatorError(
                .badInput,
                "Keys that tokens are checked with come over HTTPS alone, from an address without user, query and fragment: it stands in process lists and files.",
                next: "Give --url https://HOST/PATH.")
        }
        self.url = url
        self.patience = patience
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authority {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(authority), !roots.isEmpty else {
                throw OperatorError(
                    .badInput, "\(authority) holds no certificate in PEM that can be read.",
                    next: "Name the file of the authority that signed the issuer's certificate.")
            }
            tls.trustRoots = .certificates(roots)
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5))
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// - Parameter tag: of the answer that is there already.
    /// - Throws: `unreachable`; `refused` for another answer than 200 or 304, or one too long.
    func fetch(unless tag: String?) async throws(OperatorError) -> Answer {
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await ask(unless: tag) }
                // The client's own limits end a server that says nothing, not one that says little.
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw HTTPClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw HTTPClientError.cancelled }
                return answer
            }
        } catch let error as OperatorError {
            throw error
        } catch is NIOTooManyBytesError {
            throw refused("more than \(KeySet.maxBytes) bytes")
        } catch {
            throw OperatorError(
                .unreachable, "No answer from \(url): \(error)",
                next: "Check the address, and whether --ca names the authority of its certificate.")
        }
    }

    private func ask(unless tag: String?) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        if let tag { request.headers.add(name: "If-None-Match", value: tag) }
        let response = try await client.execute(request, timeout: .seconds(10))
        switch response.status.code {
        case 200:
            let body = try await response.body.collect(upTo: KeySet.maxBytes)
            let tag = response.headers.first(name: "ETag")
            return .bytes(
                Array(buffer: body),
                tag: tag.flatMap { $0.utf8.count <= Self.longestTag ? $0 : nil })
        case 304 where tag != nil: return .unchanged
        case 300..<400:
            throw refused("status \(response.status.code), and redirects are not followed")
        default: throw refused("status \(response.status.code)")
        }
    }

    private func refused(_ what: String) -> OperatorError {
        OperatorError(
            .refused, "\(url) answers with \(what).",
            next: "Name the address where the issuer publishes its JWKS; the keys from before stay."
        )
    }

    func shutdown() async { try? await client.shutdown() }
}
