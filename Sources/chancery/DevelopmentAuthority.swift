import Crypto
import Foundation
import SwiftASN1
import X509

/// A P-256 certificate authority of the development PKI, which signs certificates without intermediates.
struct DevelopmentAuthority {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey

    static let day: TimeInterval = 86400
    private static let lifetime: TimeInterval = 1825 * day

    /// The one in these files; a new one where there is none, where the files are no pair, or where it ends before what it signs would.
    /// - Parameter needed: how long it must last at least, in seconds.
    /// - Throws: `OperatorError` for a damaged file, whatever X509 throws
    static func ensure(
        named name: String, certificate path: String, key keyPath: String, needed: TimeInterval
    ) throws -> DevelopmentAuthority {
        if let existing = try existing(path, keyPath),
            existing.certificate.notValidAfter > Date().addingTimeInterval(needed)
        {
            return existing
        }
        return try make(named: name, path, keyPath)
    }

    private static func existing(_ path: String, _ keyPath: String) throws -> Self? {
        guard Files.exists(path), Files.exists(keyPath) else { return nil }
        let certificateText = try Files.readText(path)
        let keyText = try Files.readText(keyPath)
        let authority: DevelopmentAuthority
        do {
            authority = DevelopmentAuthority(
                certificate: try Certificate(pemEncoded: certificateText),
                key: try P256.Signing.PrivateKey(pemRepresentation: keyText))
        } catch {
            throw OperatorError(
                .inputOutput,
                "\(path) or \(keyPath) is damaged: it is no PEM that can be read.",
                next:
                    "Put both back from a copy, or delete both and run `chancery up`: clients must then trust the new \(path)."
            )
        }
        let isPair =
            authority.certificate.publicKey == Certificate.PublicKey(authority.key.publicKey)
        return isPair ? authority : nil
    }

    private static func make(named name: String, _ path: String, _ keyPath: String) throws -> Self {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName {
            OrganizationName("Chancery")
            CommonName(name)
        }
        let certificate = try certificate(
            for: key.publicKey, subject: subject, issuer: subject, lifetime: lifetime,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            signedBy: key)
        try Files.write(key.pemRepresentation.utf8, to: keyPath)
        try Files.write(certificate.serializeAsPEM().pemString.utf8, to: path, mode: 0o644)
        return DevelopmentAuthority(certificate: certificate, key: key)
    }

    /// A certificate for one purpose.
    /// - Parameter lifetime: seconds from now.
    func issue(
        for publicKey: P256.Signing.PublicKey, named name: String, lifetime: TimeInterval,
        purpose: ExtendedKeyUsage.Usage, names: [GeneralName]
    ) throws -> Certificate {
        try Self.certificate(
            for: publicKey, subject: try DistinguishedName { CommonName(name) },
            issuer: certificate.subject, lifetime: lifetime,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([purpose])
                SubjectAlternativeNames(names)
                keyIdentifier
            },
            signedBy: key)
    }

    var keyIdentifier: AuthorityKeyIdentifier {
        AuthorityKeyIdentifier(
            keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
    }

    func signed(_ other: Certificate) -> Bool {
        certificate.publicKey.isValidSignature(other.signature, for: other)
    }

    private static func certificate(
        for publicKey: P256.Signing.PublicKey, subject: DistinguishedName,
        issuer: DistinguishedName, lifetime: TimeInterval, extensions: Certificate.Extensions,
        signedBy key: P256.Signing.PrivateKey
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(publicKey),
            // Clocks of others may lag a little.
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(lifetime),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions, issuerPrivateKey: Certificate.PrivateKey(key))
    }
}
