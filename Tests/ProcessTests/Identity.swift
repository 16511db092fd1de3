import AsyncHTTPClient
import Crypto
import Foundation
import NIOSSL

/// A principal with a client certificate: a token bound to it, a client that shows it, and signatures by its key (RFC 9421).
struct Identity: Sendable {
    let token: String
    let client: HTTPClient
    private let key: P256.Signing.PrivateKey
    private let thumbprint: String
    /// Hex SHA-256 of the certificate.
    let fingerprint: String
    /// DER.
    let certificate: [UInt8]
    private let trust: String

    init(
        _ home: TestHome, _ role: String, subject: String, configuration: HTTPClient.Configuration
    ) throws {
        let path = try home.clientCertificate(subject)
        token = try home.token(role, subject: subject, certificate: path)
        trust = home.trust
        let keyPath = String(path.dropLast(3) + "key")
        key = try P256.Signing.PrivateKey(
            pemRepresentation: String(contentsOfFile: keyPath, encoding: .utf8))
        let chain = try NIOSSLCertificate.fromPEMFile(path)
        certificate = try chain[0].toDERBytes()
        let digest = SHA256.hash(data: certificate)
        thumbprint = Self.base64URL(Data(digest))
        fingerprint = digest.map { String(format: "%02x", $0) }.joined()
        var configuration = configuration
        var tls = configuration.tlsConfiguration ?? .makeClientConfiguration()
        tls.certificateChain = chain.map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem))
        configuration.tlsConfiguration = tls
        client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Whether a token says that it is bound to this certificate.
    func isBound(_ token: String) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 3 else { return false }
        var claims = parts[1].replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        claims += String(repeating: "=", count: (4 - claims.count % 4) % 4)
        return Data(base64Encoded: claims).flatMap { JSON($0) }?["cnf"]?["x5t#S256"]?.string
            == thumbprint
    }

    /// `Signature-Input` and `Signature` of a request.
    /// - Parameters:
    ///   - nonce: nil: a new one.
    ///   - origin: nil: of the log as it is now.
    func signature(
        _ method: String, _ path: String, nonce: String = UUID().uuidString,
        origin: String? = nil
    ) throws -> (input: String, signature: String) {
        try signature(
            method, path, covering: [("authorization", "Bearer \(token)")], nonce: nonce,
            origin: origin)
    }

    /// Of policies: over the text, and over the version that they replace.
    func signature(
        ofPolicies text: String, replacing version: Int? = nil
    ) throws -> (input: String, signature: String) {
        let hash = Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
        var covered = [("content-digest", "sha-256=:\(hash):")]
        if let version { covered.append(("if-match", "\"\(version)\"")) }
        return try signature("PUT", "/api/v1/policies", covering: covered)
    }

    private func signature(
        _ method: String, _ path: String, covering fields: [(name: String, value: String)],
        nonce: String = UUID().uuidString, origin: String? = nil
    ) throws -> (input: String, signature: String) {
        let names = (["@method", "@path"] + fields.map(\.name)).map { "\"\($0)\"" }
        let parameters =
            "(\(names.joined(separator: " ")))" + #";created=\#(Int(Date().timeIntervalSince1970))"#
            + #";nonce="\#(nonce)";keyid="\#(thumbprint)";alg="ecdsa-p256-sha256";tag="\#(try origin ?? self.origin)""#
        let lines =
            ["\"@method\": \(method)", "\"@path\": \(path)"]
            + fields.map { "\"\($0.name)\": \($0.value)" }
            + ["\"@signature-params\": \(parameters)"]
        let base = lines.joined(separator: "\n")
        let signature = try key.signature(for: Data(base.utf8)).rawRepresentation
        return ("sig=\(parameters)", "sig=:\(signature.base64EncodedString()):")
    }

    private var origin: String {
        get throws {
            let file = JSON(try Data(contentsOf: URL(filePath: trust)))
            guard let origin = file?["generations"]?.array?.last?["origin"]?.string else {
                throw TestFailure("no origin in \(trust)")
            }
            return origin
        }
    }

    /// Whether this principal's key signed it, and nobody else's.
    func signed(_ signature: Data, _ base: String) -> Bool {
        (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
            key.publicKey.isValidSignature($0, for: Data(base.utf8))
        } ?? false
    }

    private static func base64URL(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
