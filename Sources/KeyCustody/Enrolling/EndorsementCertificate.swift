import COpenSSL

/// The certificate that a maker gave a TPM's endorsement key. Parsed only: whether it is to be trusted is for
/// `CertificateBundle` to say.
struct EndorsementCertificate: Equatable, Sendable {
    /// Without what an NV index may have after it.
    let der: [UInt8]
    let key: EndorsementPublicKey

    /// tcg-kp-EKCertificate (TCG EK Credential Profile): without it any certificate of any CA would do.
    private static let purpose = "2.23.133.8.1"

    /// - Parameter bytes: DER, then anything.
    /// - Throws: `EnrollmentError.malformed`
    init(_ bytes: [UInt8]) throws(EnrollmentError) {
        guard let (certificate, length) = X509Certificate.parse(bytes) else {
            throw Self.malformed("is no X.509 certificate")
        }
        guard Self.purposes(certificate.pointer).contains(Self.purpose) else {
            throw Self.malformed(
                "is not of an endorsement key (extended key usage \(Self.purpose) is missing)")
        }
        guard let key = X509_get0_pubkey(certificate.pointer), let key = Self.key(key) else {
            throw Self.malformed("is of no RSA-2048 (exponent 65537) or P-256 key")
        }
        der = Array(bytes.prefix(length))
        self.key = key
    }

    private static func key(_ key: OpaquePointer) -> EndorsementPublicKey? {
        if EVP_PKEY_is_a(key, "RSA") == 1 {
            guard number(key, "e") == [1, 0, 1], let modulus = number(key, "n"),
                modulus.count == EndorsementPublicKey.modulusBytes
            else { return nil }
            return .rsa(modulus: modulus)
        }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_is_a(key, "EC") == 1,
            EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1, length < name.count,
            name.prefix(length).elementsEqual("prime256v1".utf8.map { CChar(bitPattern: $0) })
        else { return nil }
        // Uncompressed: 0x04 ‖ x ‖ y.
        let half = EndorsementPublicKey.coordinateBytes
        var point = [UInt8](repeating: 0, count: 1 + 2 * half)
        guard
            EVP_PKEY_get_octet_string_param(key, "pub", &point, point.count, &length) == 1,
            length == point.count, point.first == 4
        else { return nil }
        return .p256(x: Array(point.dropFirst().prefix(half)), y: Array(point.suffix(half)))
    }

    private static func number(_ key: OpaquePointer, _ name: String) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { return nil }
        defer { BN_free(number) }
        let size = Int(BN_num_bits(number) + 7) / 8
        // Nothing that is accepted is longer.
        guard (1...1_024).contains(size) else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        return Int(BN_bn2bin(number, &bytes)) == size ? bytes : nil
    }

    private static func purposes(_ certificate: OpaquePointer) -> [String] {
        let found = X509_get_ext_d2i(certificate, NID_ext_key_usage, nil, nil)
        guard let found else { return [] }
        let usage = OpaquePointer(found)
        defer { EXTENDED_KEY_USAGE_free(usage) }
        return (0..<min(OPENSSL_sk_num(usage), 32)).compactMap { position in
            guard let object = OPENSSL_sk_value(usage, position) else { return nil }
            var text = [CChar](repeating: 0, count: 80)
            let length = OBJ_obj2txt(&text, Int32(text.count), OpaquePointer(object), 1)
            guard length > 0, length < text.count else { return nil }
            return String(
                decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func malformed(_ what: String) -> EnrollmentError {
        EnrollmentError(
            .malformed,
            "the EK certificate \(what); ask the TPM's maker for it and name it with --ek-certificate"
        )
    }
}
