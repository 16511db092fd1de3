import Crypto
import Foundation
import NIOSSL
import ProcessBoundary
import X509

@testable import chancery
@testable import chancery_gateway

/// Certificates of a data directory of its own, good ones and others. The directory goes with the object.
final class TestPKI: Sendable {
    let home: HomeLayout
    let clients: DevelopmentAuthority
    private let servers: DevelopmentAuthority

    init() throws {
        home = HomeLayout("/tmp/chg-\(UUID().uuidString)")
        try home.create()
        servers = try Self.authority("servers", home.caCertificate, home.pkiDirectory + "/ca.key")
        clients = try Self.authority(
            "clients", home.clientAuthority, home.pkiDirectory + "/client-ca.key")
        try issueServer()
        try publish()
    }

    deinit { try? FileManager.default.removeItem(atPath: home.root) }

    private static func authority(
        _ name: String, _ path: String, _ key: String
    ) throws -> DevelopmentAuthority {
        try DevelopmentAuthority.ensure(named: name, certificate: path, key: key, needed: 60)
    }

    /// Another authority, that nobody trusts.
    func stranger() throws -> DevelopmentAuthority {
        try Self.authority("clients", home.root + "/x.pem", home.root + "/x.key")
    }

    static func trust(_ authority: DevelopmentAuthority) throws -> NIOSSLTrustRoots {
        let certificate = try authority.certificate.serializeAsPEM().derBytes
        return .certificates([try NIOSSLCertificate(bytes: certificate, format: .der)])
    }

    /// A new certificate of the server, in place of the one before.
    /// - Parameter authority: nil: the one that clients trust.
    func issueServer(by authority: DevelopmentAuthority? = nil) throws {
        let key = P256.Signing.PrivateKey()
        let certificate = try (authority ?? servers).issue(
            for: key.publicKey, named: "localhost", lifetime: 3_600, purpose: .serverAuth,
            names: [.dnsName("localhost")])
        try write(key.pemRepresentation, home.serverKey)
        try write(certificate.serializeAsPEM().pemString, home.serverCertificate)
    }

    func write(_ text: String, _ path: String) throws {
        try SystemFile.replace(text.utf8, at: path, mode: 0o600)
    }

    /// The revocation list.
    /// - Parameter ends: seconds from now.
    func publish(
        revoked: [Client] = [], ends: TimeInterval = 3_600,
        by authority: DevelopmentAuthority? = nil
    ) throws {
        let list = RevocationList(
            authority: authority ?? clients,
            entries: revoked.map { RevocationList.Entry(serial: $0.serial, date: Date()) },
            thisUpdate: Date(timeIntervalSinceNow: -7_200),
            nextUpdate: Date(timeIntervalSinceNow: ends))
        try write(try list.signed(), home.clientRevocations)
    }

    /// The first half of a file, as a tool leaves it that is not done yet.
    func halve(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try write(String(text.prefix(text.count / 2)), path)
    }

    func restoreClients() throws {
        try write(clients.certificate.serializeAsPEM().pemString, home.clientAuthority)
        try publish()
    }

    /// As only another authority would issue it: for any purpose, since it names none.
    func clientForAnything(_ subject: String) throws -> Client {
        let key = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -60),
            notValidAfter: Date(timeIntervalSinceNow: 3_600), issuer: clients.certificate.subject,
            subject: try DistinguishedName { CommonName(subject) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames([
                    .uniformResourceIdentifier("urn:chancery:principal:" + subject)
                ])
                clients.keyIdentifier
            },
            issuerPrivateKey: Certificate.PrivateKey(clients.key))
        return try client(certificate, key)
    }

    private func client(
        _ certificate: Certificate, _ key: P256.Signing.PrivateKey
    ) throws -> Client {
        let pem = try certificate.serializeAsPEM()
        return Client(
            certificate: try NIOSSLCertificate(bytes: pem.derBytes, format: .der),
            key: try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem),
            pem: pem.pemString, keyPEM: key.pemRepresentation,
            serial: Array(certificate.serialNumber.bytes),
            thumbprint: Data(SHA256.hash(data: pem.derBytes)))
    }

    struct Client {
        let certificate: NIOSSLCertificate
        let key: NIOSSLPrivateKey
        let pem: String
        let keyPEM: String
        let serial: [UInt8]
        let thumbprint: Data
    }

    /// - Parameters:
    ///   - uri: its subject alternative name; nil: that of `subject`.
    ///   - lifetime: seconds from now.
    func client(
        _ subject: String, uri: String? = nil, lifetime: TimeInterval = 3_600,
        purpose: ExtendedKeyUsage.Usage = .clientAuth, by authority: DevelopmentAuthority? = nil
    ) throws -> Client {
        let key = P256.Signing.PrivateKey()
        let certificate = try (authority ?? clients).issue(
            for: key.publicKey, named: subject, lifetime: lifetime, purpose: purpose,
            names: [.uniformResourceIdentifier(uri ?? "urn:chancery:principal:" + subject)])
        return try client(certificate, key)
    }
}
