import Crypto
import Foundation
import SwiftASN1
import X509

/// Development certificates: a P-256 CA and a server certificate for the loopback names. On the appliance the site's own PKI
/// takes their place; nothing else in the product knows the difference.
struct DevelopmentPKI {
    let home: Home

    private static let day: TimeInterval = 86400
    private static let authorityLifetime: TimeInterval = 1825 * day
    private static let serverLifetime: TimeInterval = 90 * day
    /// Long before the end, so that a machine that is started once a week never meets an expired certificate.
    private static let renewalMargin: TimeInterval = 14 * day

    enum Outcome: Sendable {
        case kept
        case created
        case renewed
    }

    /// Makes what is missing and renews what nears its end.
    /// - Returns: what happened to the server certificate; a running gateway must restart for another one.
    func ensure() throws(OperatorError) -> Outcome {
        let hadCertificate = Files.exists(home.serverCertificate)
        do {
            let authority = try existingAuthority() ?? makeAuthority()
            if serverIsValid(under: authority.certificate) { return .kept }
            try makeServer(under: authority)
        } catch let error as OperatorError {
            throw error
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot make the development certificates: \(error)",
                next: "Delete \(home.pki)/ca.* and server.*, then run `chancery up` again.")
        }
        return hadCertificate ? .renewed : .created
    }

    private struct Authority {
        let certificate: Certificate
        let key: P256.Signing.PrivateKey
    }

    private func existingAuthority() throws -> Authority? {
        guard Files.exists(home.authority), Files.exists(home.authorityKey) else { return nil }
        let certificateText = try Files.readText(home.authority)
        let keyText = try Files.readText(home.authorityKey)
        let certificate: Certificate
        let key: P256.Signing.PrivateKey
        do {
            certificate = try Certificate(pemEncoded: certificateText)
            key = try P256.Signing.PrivateKey(pemRepresentation: keyText)
        } catch {
            throw OperatorError(
                .inputOutput,
                "\(home.authority) or \(home.authorityKey) is damaged: it is no PEM that can be read.",
                next:
                    "Put both back from a copy, or delete both and run `chancery up`: clients must then trust the new \(home.authority)."
            )
        }
        guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else { return nil }
        // A server certificate may not outlive its CA.
        let needed = Date().addingTimeInterval(Self.serverLifetime)
        return certificate.notValidAfter > needed
            ? Authority(certificate: certificate, key: key) : nil
    }

    private func makeAuthority() throws -> Authority {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            OrganizationName("Chancery")
            CommonName("Chancery development CA")
        }
        let certificate = try makeCertificate(
            publicKey: key.publicKey, subject: name, issuer: name, lifetime: Self.authorityLifetime,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            signedBy: key)
        try Files.write(key.pemRepresentation.utf8, to: home.authorityKey)
        try Files.write(
            certificate.serializeAsPEM().pemString.utf8, to: home.authority, mode: 0o644)
        return Authority(certificate: certificate, key: key)
    }

    private func serverIsValid(under authority: Certificate) -> Bool {
        guard let text = try? Files.readText(home.serverCertificate),
            let certificate = try? Certificate(pemEncoded: text),
            let keyText = try? Files.readText(home.serverKey),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText)
        else { return false }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
            && authority.publicKey.isValidSignature(certificate.signature, for: certificate)
            && certificate.notValidAfter > Date().addingTimeInterval(Self.renewalMargin)
    }

    private func makeServer(under authority: Authority) throws {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("localhost") }
        let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
        let names: [GeneralName] = [
            .dnsName("localhost"),
            .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
        ]
        let certificate = try makeCertificate(
            publicKey: key.publicKey, subject: name, issuer: authority.certificate.subject,
            lifetime: Self.serverLifetime,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: authority.certificate.publicKey)
                        .keyIdentifier)
            },
            signedBy: authority.key)
        // The key first: a certificate whose key is missing is renewed, the reverse would not be noticed by the gateway.
        try Files.write(key.pemRepresentation.utf8, to: home.serverKey)
        try Files.write(
            certificate.serializeAsPEM().pemString.utf8, to: home.serverCertificate, mode: 0o644)
    }

    private func makeCertificate(
        publicKey: P256.Signing.PublicKey, subject: DistinguishedName, issuer: DistinguishedName,
        lifetime: TimeInterval, extensions: Certificate.Extensions,
        signedBy key: P256.Signing.PrivateKey
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(publicKey),
            // Clocks of clients may lag a little.
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(lifetime),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions, issuerPrivateKey: Certificate.PrivateKey(key))
    }
}
