import Crypto
import Foundation
import SwiftASN1
import X509

/// The local certificates: a P-256 CA and a server certificate, for the loopback names in development. On an appliance the
/// site's own PKI may take their place.
struct DevelopmentPKI {
    let home: Home

    /// Of certificates and revocation lists, in seconds.
    static let lifetime: TimeInterval = 90 * DevelopmentAuthority.day
    /// Long before the end, so that a machine that is started once a week never meets an expired certificate.
    static let renewalMargin: TimeInterval = 14 * DevelopmentAuthority.day

    enum Outcome: Sendable {
        case kept
        case created
        case renewed
    }

    /// Makes what is missing and renews what nears its end.
    /// - Parameter names: more names of this machine that the certificate is to bear; those of the one before stay.
    /// - Returns: what happened to the server certificate; a running gateway reads another one by itself.
    func ensure(names: ServerNames = ServerNames()) throws(OperatorError) -> Outcome {
        let hadCertificate = Files.exists(home.serverCertificate)
        do {
            let authority = try DevelopmentAuthority.ensure(
                named: "Chancery development CA", certificate: home.authority,
                key: home.authorityKey, needed: Self.lifetime)
            let wanted = hadCertificate ? names.adding(try? ServerNames(of: server())) : names
            if let server = try? server(), isValid(server, under: authority),
                ServerNames(of: server).covers(wanted)
            {
                return .kept
            }
            try makeServer(under: authority, wanted)
        } catch let error as OperatorError {
            throw error
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot make the development certificates: \(error)",
                next: "Delete \(home.pki)/ca.* and server.*, then run `chancery up` again.")
        }
        return hadCertificate ? .renewed : .created
    }

    /// Whether the server's certificate is of the local CA: false for one of the site's own.
    var isServerOurs: Bool {
        guard let server = try? server(), let text = try? Files.readText(home.authority),
            let authority = try? Certificate(pemEncoded: text)
        else { return false }
        return authority.publicKey.isValidSignature(server.signature, for: server)
    }

    /// The first certificate of the file: the server's own.
    func server() throws -> Certificate {
        let documents = try PEMDocument.parseMultiple(
            pemString: try Files.readText(home.serverCertificate))
        guard let first = documents.first else {
            throw OperatorError(
                .badInput, "\(home.serverCertificate) holds no certificate.",
                next: "Put a chain in PEM there, the server's own certificate first.")
        }
        return try Certificate(derEncoded: first.derBytes)
    }

    private func isValid(_ certificate: Certificate, under authority: DevelopmentAuthority) -> Bool
    {
        guard let keyText = try? Files.readText(home.serverKey),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText)
        else { return false }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
            && authority.signed(certificate)
            && certificate.notValidAfter > Date().addingTimeInterval(Self.renewalMargin)
    }

    private func makeServer(under authority: DevelopmentAuthority, _ names: ServerNames) throws {
        let key = P256.Signing.PrivateKey()
        let certificate = try authority.issue(
            for: key.publicKey, named: "localhost", lifetime: Self.lifetime, purpose: .serverAuth,
            names: names.all)
        // The key first: a certificate whose key is missing is renewed, the reverse would not be noticed by the gateway.
        try Files.write(key.pemRepresentation.utf8, to: home.serverKey)
        try Files.write(
            certificate.serializeAsPEM().pemString.utf8, to: home.serverCertificate,
            mode: home.appliance == nil ? 0o644 : 0o600)
    }
}
