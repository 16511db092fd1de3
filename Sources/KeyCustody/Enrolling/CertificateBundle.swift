import COpenSSL
import ProcessBoundary

/// The roots and intermediates of TPM makers that an operator trusts: PEM, in any order. What is self-signed is a root; the
/// rest only links.
public struct CertificateBundle: Sendable {
    private let pem: [UInt8]

    /// Bundles of all makers have some hundred kilobytes.
    public static let maxBytes = 4 << 20
    private static let maxCertificates = 4_096
    private static let maxDepth: Int32 = 8

    public init(pem: [UInt8]) { self.pem = pem }

    /// Several files as one bundle.
    public static func read(_ paths: [String]) throws(EnrollmentError) -> CertificateBundle {
        var pem: [UInt8] = []
        for path in paths {
            do throws(SystemError) {
                pem += try SystemFile.read(path, limit: maxBytes) + [0x0A]
            } catch {
                throw EnrollmentError(.malformed, "the CA bundle cannot be read: \(error)")
            }
        }
        return CertificateBundle(pem: pem)
    }

    /// - Parameter intermediates: more that may link, DER; none of them is a root, self-signed or not.
    /// - Returns: DER of the certificates from this one to a root of the bundle.
    /// - Throws: `EnrollmentError.untrusted`, `.malformed`
    func chain(
        of certificate: EndorsementCertificate, through intermediates: [[UInt8]] = []
    ) throws(EnrollmentError) -> [[UInt8]] {
        let known = try certificates()
        let more = intermediates.prefix(Int(Self.maxDepth)).compactMap {
            X509Certificate.parse($0)?.certificate
        }
        guard let store = X509_STORE_new(), let links = OPENSSL_sk_new_null(),
            let context = X509_STORE_CTX_new(),
            let (leaf, _) = X509Certificate.parse(certificate.der)
        else { throw EnrollmentError(.malformed, "OpenSSL cannot read the EK certificate") }
        defer {
            X509_STORE_CTX_free(context)
            OPENSSL_sk_free(links)
            X509_STORE_free(store)
            // OpenSSL held them by their pointers.
            withExtendedLifetime((known, more, leaf)) {}
        }
        for entry in more { OPENSSL_sk_push(links, UnsafeRawPointer(entry.pointer)) }
        for entry in known {
            if X509_self_signed(entry.pointer, 1) == 1 {
                X509_STORE_add_cert(store, entry.pointer)
            } else {
                OPENSSL_sk_push(links, UnsafeRawPointer(entry.pointer))
            }
        }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, links) == 1 else {
            throw EnrollmentError(.malformed, "OpenSSL cannot check the EK certificate")
        }
        // An EK certificate has a purpose of its own, which `EndorsementCertificate` has checked.
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_ANY)
        X509_STORE_CTX_set_depth(context, Self.maxDepth)
        guard X509_verify_cert(context) == 1 else {
            let reason = X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context)))
            throw EnrollmentError(
                .untrusted,
                "the EK certificate leads to no root of the CA bundle ("
                    + (reason.map { String(cString: $0) } ?? "unknown")
                    + "); add the maker's root and intermediates, from the maker's own site")
        }
        guard let chain = X509_STORE_CTX_get0_chain(context) else { return [certificate.der] }
        return (0..<OPENSSL_sk_num(chain)).compactMap { position in
            guard let entry = OPENSSL_sk_value(chain, position),
                X509_up_ref(OpaquePointer(entry)) == 1
            else { return nil }
            return X509Certificate(OpaquePointer(entry)).der
        }
    }

    private func certificates() throws(EnrollmentError) -> [X509Certificate] {
        guard pem.count <= Self.maxBytes, let memory = BIO_new_mem_buf(pem, Int32(pem.count)) else {
            throw EnrollmentError(
                .malformed, "the CA bundle is empty or has more than \(Self.maxBytes) bytes")
        }
        defer { BIO_free(memory) }
        var found: [X509Certificate] = []
        while found.count < Self.maxCertificates,
            let next = PEM_read_bio_X509(memory, nil, nil, nil)
        {
            found.append(X509Certificate(next))
        }
        // The end of the file is an error to OpenSSL.
        ERR_clear_error()
        guard !found.isEmpty else {
            throw EnrollmentError(.malformed, "the CA bundle holds no certificate in PEM")
        }
        return found
    }
}
