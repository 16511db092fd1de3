import AccessControl
import Crypto
import Foundation
import SwiftASN1
import X509

/// A client certificate and its key, in two PEM files.
struct ClientIdentity: Sendable {
    let certificate: String
    let key: String

    init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// A certificate whose key is beside it: NAME.pem and NAME.key.
    /// - Throws: `badInput` for a path with another ending.
    init(pem path: String) throws(OperatorError) {
        guard path.hasSuffix(".pem") else {
            throw OperatorError(
                .badInput, "\(path) does not end in .pem.",
                next: "Name the certificate; its key is beside it, NAME.key for NAME.pem.")
        }
        self.init(certificate: path, key: path.dropLast(3) + "key")
    }

    static let principalPrefix = "urn:chancery:principal:"

    /// What a token that is bound to it says.
    struct Binding: Sendable {
        /// The principal that the certificate names.
        let subject: String
        /// `x5t#S256` (RFC 8705, section 3.1).
        let thumbprint: String
    }

    /// - Throws: `badInput` unless `path` is a certificate that names one principal.
    static func binding(_ path: String) throws(OperatorError) -> Binding {
        let text = try Files.readText(path)
        guard let document = try? PEMDocument(pemString: text),
            let certificate = try? Certificate(derEncoded: document.derBytes),
            let names = try? certificate.extensions.subjectAlternativeNames
        else {
            throw OperatorError(
                .badInput, "\(path) is no certificate in PEM with a subject alternative name.",
                next: "Make one with `chancery client-cert issue`.")
        }
        let principals = names.compactMap { name -> String? in
            guard case .uniformResourceIdentifier(let uri) = name, uri.hasPrefix(principalPrefix)
            else { return nil }
            return String(uri.dropFirst(principalPrefix.count))
        }
        guard principals.count == 1, let subject = principals.first else {
            throw OperatorError(
                .badInput, "\(path) does not name one principal, as \(principalPrefix)<subject>.",
                next: "Make one with `chancery client-cert issue`.")
        }
        return Binding(
            subject: subject,
            thumbprint: Base64URL.encode(SHA256.hash(data: document.derBytes)))
    }
}
