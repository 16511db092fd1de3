import COpenSSL

/// The principal that a certificate names: its one subject alternative name `urn:chancery:principal:<sub>`, a URI (RFC 5280, section 4.2.1.6).
enum PrincipalName {
    static let prefix = "urn:chancery:principal:"
    /// As long as the `sub` of a token may be.
    private static let maxBytes = 64
    private static let maxNames: Int32 = 64

    /// - Throws: `ClientAuthorityError` where there is none, or more than one.
    static func of(_ certificate: OpenSSLObject) throws(ClientAuthorityError) -> String {
        let principals = uris(certificate).filter { $0.hasPrefix(prefix) }
        guard principals.count == 1, let name = principals.first?.dropFirst(prefix.count),
            (1...maxBytes).contains(name.utf8.count)
        else {
            throw ClientAuthorityError("it does not name one principal, as the URI \(prefix)<sub>")
        }
        return String(name)
    }

    private static func uris(_ certificate: OpenSSLObject) -> [String] {
        guard
            let found = X509_get_ext_d2i(certificate.pointer, NID_subject_alt_name, nil, nil)
        else { return [] }
        let names = OpaquePointer(found)
        defer { GENERAL_NAMES_free(names) }
        return (0..<min(OPENSSL_sk_num(names), maxNames)).compactMap { position in
            guard let entry = OPENSSL_sk_value(names, position) else { return nil }
            var type: Int32 = 0
            guard
                let value = GENERAL_NAME_get0_value(
                    entry.assumingMemoryBound(to: GENERAL_NAME.self), &type), type == GEN_URI
            else { return nil }
            let text = value.assumingMemoryBound(to: ASN1_STRING.self)
            guard let bytes = ASN1_STRING_get0_data(text) else { return nil }
            let buffer = UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(text)))
            // Visible ASCII: a zero byte must not end a name for one reader and not for another.
            guard buffer.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            return String(decoding: buffer, as: UTF8.self)
        }
    }
}
