import COpenSSL
import ContactServices
import Crypto
import Foundation
import NIOSSL

/// Whose client certificates count: those that lead to a root of a bundle, through its intermediates alone, that are valid now, are meant for
/// clients, and that no revocation list names (RFC 5280; OpenSSL checks it).
///
/// Each authority of the bundle needs a revocation list that it signed. Once a list's time is over nothing counts under it.
final class ClientAuthority: Sendable {
    /// For the TLS layer, which tells clients whose certificates are asked for.
    let certificates: [NIOSSLCertificate]
    /// When the first of the revocation lists ends.
    let endOfRevocations: Date

    private let store: OpenSSLObject

    /// Leaf, two intermediates and a root.
    private static let maxDepth: Int32 = 4
    /// 112 bits: RSA from 2048 bits on.
    private static let securityLevel: Int32 = 2

    /// - Parameters:
    ///   - bundle: PEM; what is self-signed is a root, the rest only links.
    ///   - revocations: PEM, one list for each certificate of the bundle at least.
    /// - Throws: `ClientAuthorityError`
    init(bundle: [UInt8], revocations: [UInt8]) throws(ClientAuthorityError) {
        let authorities = try OpenSSLObject.certificates(pem: bundle)
        let lists = try OpenSSLObject.revocationLists(pem: revocations)
        guard authorities.contains(where: { X509_self_signed($0.pointer, 1) == 1 }) else {
            throw ClientAuthorityError("the bundle holds no root certificate")
        }
        guard let store = OpenSSLObject(X509_STORE_new(), free: { X509_STORE_free($0) }) else {
            throw ClientAuthorityError("OpenSSL has no memory")
        }
        for authority in authorities {
            guard X509_check_ca(authority.pointer) > 0 else {
                throw ClientAuthorityError("a certificate of the bundle is none of an authority")
            }
            guard lists.contains(where: { Self.isSigned($0, by: authority) }) else {
                throw ClientAuthorityError(
                    "an authority of the bundle has no revocation list that it signed")
            }
            X509_STORE_add_cert(store.pointer, authority.pointer)
        }
        var end = Date.distantFuture
        for list in lists {
            end = min(end, try Self.end(of: list))
            X509_STORE_add_crl(store.pointer, list.pointer)
        }
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bundle)
        } catch {
            throw ClientAuthorityError("the bundle is no PEM that can be read")
        }
        self.store = store
        endOfRevocations = end
    }

    /// - Parameter der: as the client showed it, and proved to hold the key.
    /// - Throws: `ClientAuthorityError` saying why it does not count; nothing of the certificate is in it.
    func verify(_ der: [UInt8]) throws(ClientAuthorityError) -> ClientCertificate {
        guard let leaf = OpenSSLObject.certificate(der: der),
            let context = OpenSSLObject(
                X509_STORE_CTX_new(), free: { X509_STORE_CTX_free($0) }),
            X509_STORE_CTX_init(context.pointer, store.pointer, leaf.pointer, nil) == 1,
            let parameters = X509_STORE_CTX_get0_param(context.pointer)
        else { throw ClientAuthorityError("it cannot be read") }
        X509_VERIFY_PARAM_set_flags(
            parameters, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
        X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT)
        X509_VERIFY_PARAM_set_depth(parameters, Self.maxDepth)
        X509_VERIFY_PARAM_set_auth_level(parameters, Self.securityLevel)
        guard X509_verify_cert(context.pointer) == 1 else {
            let code = Int(X509_STORE_CTX_get_error(context.pointer))
            throw ClientAuthorityError(
                X509_verify_cert_error_string(code).map { String(cString: $0) } ?? "unknown")
        }
        // Without the extension OpenSSL takes a certificate for any purpose.
        let usage = X509_get_extended_key_usage(leaf.pointer)
        guard usage != UInt32.max, usage & UInt32(XKU_SSL_CLIENT) != 0 else {
            throw ClientAuthorityError("its extended key usage is not clientAuth")
        }
        return ClientCertificate(
            subject: try PrincipalName.of(leaf), thumbprint: Data(SHA256.hash(data: der)),
            der: Data(der))
    }

    private static func isSigned(_ list: OpenSSLObject, by authority: OpenSSLObject) -> Bool {
        guard let issuer = X509_CRL_get_issuer(list.pointer),
            let subject = X509_get_subject_name(authority.pointer),
            let key = X509_get0_pubkey(authority.pointer)
        else { return false }
        return X509_NAME_cmp(issuer, subject) == 0 && X509_CRL_verify(list.pointer, key) == 1
    }

    /// `nextUpdate`, which RFC 5280, section 5.1.2.5, requires.
    private static func end(of list: OpenSSLObject) throws(ClientAuthorityError) -> Date {
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let time = X509_CRL_get0_nextUpdate(list.pointer),
            ASN1_TIME_diff(&days, &seconds, nil, time) == 1
        else {
            throw ClientAuthorityError("a revocation list does not say when the next one comes")
        }
        return Date(timeIntervalSinceNow: Double(days) * 86_400 + Double(seconds))
    }
}
