import Crypto
import Foundation
import SwiftASN1
import X509

@testable import AccessControl

/// A client with a certificate that signs requests (RFC 9421), written without the code under test.
struct SigningClient {
    private enum Key {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
    }

    private let key: Key
    let certificate: Data

    init(p384: Bool = false) throws {
        let issuer: Certificate.PrivateKey
        if p384 {
            let key = P384.Signing.PrivateKey()
            self.key = .p384(key)
            issuer = Certificate.PrivateKey(key)
        } else {
            let key = P256.Signing.PrivateKey()
            self.key = .p256(key)
            issuer = Certificate.PrivateKey(key)
        }
        let name = try DistinguishedName { CommonName("client") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: issuer.publicKey,
            notValidBefore: Date(timeIntervalSince1970: 0),
            notValidAfter: Date(timeIntervalSince1970: 4_000_000_000), issuer: name, subject: name,
            extensions: .init(), issuerPrivateKey: issuer)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        self.certificate = Data(serializer.serializedBytes)
    }

    /// Of the log that is asked, unless a test says another.
    static let origin = "log.example/g1"

    var thumbprint: Data { Data(SHA256.hash(data: certificate)) }

    var algorithm: String {
        switch key {
        case .p256: "ecdsa-p256-sha256"
        case .p384: "ecdsa-p384-sha384"
        }
    }

    /// What `Signature-Input` says; each part can be another.
    struct Claims {
        var label = "sig"
        var components = #"("@method" "@path" "authorization")"#
        var created: String?
        var nonce = UUID().uuidString
        var keyID: String?
        var algorithm: String?
        var tag: String? = SigningClient.origin
        var more = ""
        /// Values of covered headers.
        var fields: [String: String] = [:]
    }

    /// - Parameter covered: of which request it is; what is asked for may be another.
    func sign(
        _ method: String, _ path: String, token: String, at now: Double, _ claims: Claims = .init()
    ) throws -> (input: String, signature: String) {
        let created = claims.created ?? String(Int(now))
        let keyID = claims.keyID ?? TestIssuer.base64URL(thumbprint)
        let parameters =
            "\(claims.components);created=\(created);nonce=\"\(claims.nonce)\";keyid=\"\(keyID)\""
            + ";alg=\"\(claims.algorithm ?? algorithm)\"\(claims.tag.map { ";tag=\"\($0)\"" } ?? "")\(claims.more)"
        var base = ""
        for name in claims.components.split(whereSeparator: { "() ".contains($0) }) {
            switch name {
            case #""@method""#: base += "\"@method\": \(method)\n"
            case #""@path""#: base += "\"@path\": \(path)\n"
            case #""authorization""#: base += "\"authorization\": Bearer \(token)\n"
            default: base += "\(name): \(claims.fields[String(name)] ?? "something")\n"
            }
        }
        base += "\"@signature-params\": \(parameters)"
        let bytes = try signature(of: Data(base.utf8))
        return (
            "\(claims.label)=\(parameters)", "\(claims.label)=:\(bytes.base64EncodedString()):"
        )
    }

    private func signature(of message: Data) throws -> Data {
        switch key {
        case .p256(let key): try key.signature(for: message).rawRepresentation
        case .p384(let key): try key.signature(for: message).rawRepresentation
        }
    }
}
