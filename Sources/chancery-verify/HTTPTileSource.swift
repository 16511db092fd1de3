internal import AsyncHTTPClient
internal import Foundation
internal import LedgerVerification
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// A log's tiles over HTTPS. What it answers is untrusted; TLS protects the token and the auditor's privacy.
final class HTTPTileSource: TileSource {
    private static let timeout = TimeAmount.seconds(30)
    /// A log may be busy, or be starting again.
    private static let attempts = 5
    private static let longestWait = 30

    private let base: String
    private let token: String?
    private let client: HTTPClient

    /// - Parameters:
    ///   - address: `https://…/`, or `http://…/` when there is no token.
    ///   - authority: PEM file of the CA to trust; nil for those of the system.
    ///   - tokenFile: holds the bearer token for entry bundles.
    /// - Throws: `unreadable`
    init(
        address: String, authority: String?, tokenFile: String?
    ) throws(VerificationFailure) {
        base = address.hasSuffix("/") ? address : address + "/"
        guard tokenFile == nil || address.hasPrefix("https://") else {
            throw VerificationFailure(.unreadable, "a token is sent over https only")
        }
        token = try tokenFile.map(Self.readToken)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authority {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
            } catch {
                throw VerificationFailure(
                    .unreadable, file: authority, "not a PEM file of CA certificates: \(error)")
            }
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout = .init(connect: .seconds(10))
        // What was asked for is what must answer: a redirect could carry the token elsewhere.
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    func shutdown() async { try? await client.shutdown() }

    func fetch(
        _ path: String, atMost limit: Int
    ) async throws(VerificationFailure) -> [UInt8]? {
        var request = HTTPClientRequest(url: base + path)
        if let token, path.hasPrefix("tile/entries/") {
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        var attempt = 1
        while true {
            let problem: String
            var wait = attempt
            do {
                let response = try await client.execute(request, timeout: Self.timeout)
                switch response.status {
                case .ok: return Array(buffer: try await response.body.collect(upTo: limit))
                case .notFound: return nil
                case .unauthorized, .forbidden:
                    throw unreadable(
                        path,
                        "the log answers \(response.status.code): entry bundles need the token of a "
                            + "verifier (--token-file)")
                case .tooManyRequests, .serviceUnavailable, .badGateway, .gatewayTimeout:
                    problem = "the log answers \(response.status.code)"
                    let asked = response.headers.first(name: "Retry-After").flatMap { Int($0) }
                    wait = min(max(asked ?? attempt, 0), Self.longestWait)
                default: throw unreadable(path, "the log answers \(response.status.code)")
                }
            } catch let failure as VerificationFailure {
                throw failure
            } catch is NIOTooManyBytesError {
                throw unreadable(path, "the answer has more than \(limit) bytes")
            } catch {
                problem = "\(error)"
                // Who does not answer at all is not waited for; who stops answering half way is.
                if path == "checkpoint" { throw unreadable(path, problem) }
            }
            guard attempt < Self.attempts, !Task.isCancelled else {
                throw unreadable(path, problem)
            }
            attempt += 1
            try? await Task.sleep(for: .seconds(wait))
        }
    }

    private func unreadable(_ path: String, _ reason: String) -> VerificationFailure {
        VerificationFailure(.unreadable, file: base + path, "cannot fetch: \(reason)")
    }

    private static func readToken(_ path: String) throws(VerificationFailure) -> String {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw VerificationFailure(.unreadable, file: path, "cannot read the token")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.count <= 16_384,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw VerificationFailure(.unreadable, file: path, "it holds no bearer token")
        }
        return token
    }
}
