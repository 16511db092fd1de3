import Crypto
import Foundation
import SwiftASN1
import X509

/// Development certificates: a P-256 CA and a server certificate for the loopback names. On the appliance the site's own PKI
/// takes their place; nothing else in the product knows the difference.
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
    /// - Returns: what happened to the server certificate; a running gateway reads another one by itself.
    func ensure() throws(OperatorError) -> Outcome {
        let hadCertificate = Files.exists(home.serverCertificate)
        do {
            let authority = try DevelopmentAuthority.ensure(
                named: "Chancery development CA", certificate: home.authority,
                key: home.authorityKey, needed: Self.lifetime)
            if serverIsValid(under: authority) { return .kept }
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

    private func serverIsValid(under authority: DevelopmentAuthority) -> Bool {
        guard let text = try? Files.readText(home.serverCertificate),
            let certificate = try? Certificate(pemEncoded: text),
            let keyText = try? Files.readText(home.serverKey),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText)
        else { return false }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
            && authority.signed(certificate)
            && certificate.notValidAfter > Date().addingTimeInterval(Self.renewalMargin)
    }

    private func makeServer(under authority: DevelopmentAuthority) throws {
        let key = P256.Signing.PrivateKey()
        let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
        let certificate = try authority.issue(
            for: key.publicKey, named: "localhost", lifetime: Self.lifetime, purpose: .serverAuth,
            names: [
                .dnsName("localhost"),
                .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
            ])
        // The key first: a certificate whose key is missing is renewed, the reverse would not be noticed by the gateway.
        try Files.write(key.pemRepresentation.utf8, to: home.serverKey)
        try Files.write(
            certificate.serializeAsPEM().pemString.utf8, to: home.serverCertificate, mode: 0o644)
    }
}
