import Crypto
import Foundation
import SwiftASN1
import X509

/// Development client certificates: a CA of their own, its revocation list, and the certificates that this command shows.
struct ClientPKI {
    let home: Home

    /// Makes what is missing and renews what nears its end.
    func ensure() throws(OperatorError) {
        try reporting {
            let authority = try authority()
            let revoked = try RevokedCertificates(path: home.clientRevoked)
            if !listIsCurrent(authority, revoked) { try publish(revoked, authority) }
            for caller in Caller.allCases {
                let identity = caller.identity(home)
                if isValid(identity, under: authority, revoked) { continue }
                try issue(
                    subject: caller.subject, to: identity, lifetime: DevelopmentPKI.lifetime)
            }
        }
    }

    /// - Parameter lifetime: seconds from now.
    func issue(
        subject: String, to identity: ClientIdentity, lifetime: TimeInterval
    ) throws(OperatorError) {
        try reporting {
            let key = P256.Signing.PrivateKey()
            let certificate = try authority().issue(
                for: key.publicKey, named: subject, lifetime: lifetime, purpose: .clientAuth,
                names: [.uniformResourceIdentifier(ClientIdentity.principalPrefix + subject)])
            try Files.write(key.pemRepresentation.utf8, to: identity.key)
            try Files.write(
                certificate.serializeAsPEM().pemString.utf8, to: identity.certificate, mode: 0o644)
        }
    }

    /// Puts a certificate on the revocation list; a running gateway reads it within a second.
    func revoke(_ path: String) throws(OperatorError) {
        try reporting {
            let certificate = try Certificate(pemEncoded: try Files.readText(path))
            let authority = try authority()
            guard authority.signed(certificate) else {
                throw OperatorError(
                    .badInput, "\(path) was not signed by \(home.clientAuthority).",
                    next: "Revoke it where it was issued.")
            }
            var revoked = try RevokedCertificates(path: home.clientRevoked)
            try revoked.add(Array(certificate.serialNumber.bytes), at: Date())
            try publish(revoked, authority)
        }
    }

    private func authority() throws -> DevelopmentAuthority {
        try DevelopmentAuthority.ensure(
            named: "Chancery development client CA", certificate: home.clientAuthority,
            key: home.clientAuthorityKey, needed: DevelopmentPKI.lifetime)
    }

    private func publish(_ revoked: RevokedCertificates, _ authority: DevelopmentAuthority) throws {
        let now = Date()
        let list = RevocationList(
            authority: authority, entries: revoked.entries,
            thisUpdate: now.addingTimeInterval(-300),
            nextUpdate: now.addingTimeInterval(DevelopmentPKI.lifetime))
        try Files.write(try list.signed().utf8, to: home.clientRevocations, mode: 0o644)
        try revoked.published(
            until: list.nextUpdate, key: authority.certificate.serialNumber.description)
    }

    private func listIsCurrent(
        _ authority: DevelopmentAuthority, _ revoked: RevokedCertificates
    ) -> Bool {
        Files.exists(home.clientRevocations)
            && revoked.isPublished(
                until: Date().addingTimeInterval(DevelopmentPKI.renewalMargin),
                key: authority.certificate.serialNumber.description)
    }

    private func isValid(
        _ identity: ClientIdentity, under authority: DevelopmentAuthority,
        _ revoked: RevokedCertificates
    ) -> Bool {
        guard let text = try? Files.readText(identity.certificate),
            let certificate = try? Certificate(pemEncoded: text),
            let keyText = try? Files.readText(identity.key),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText)
        else { return false }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
            && authority.signed(certificate)
            && !revoked.entries.contains { $0.serial == Array(certificate.serialNumber.bytes) }
            && certificate.notValidAfter > Date().addingTimeInterval(DevelopmentPKI.renewalMargin)
    }

    private func reporting(_ body: () throws -> Void) throws(OperatorError) {
        do {
            try body()
        } catch let error as OperatorError {
            throw error
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot make the development client certificates: \(error)",
                next:
                    "Delete \(home.pki)/client-*, operator.* and administrator.*, then run `chancery up` again."
            )
        }
    }
}
