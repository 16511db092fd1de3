// TPM2_MakeCredential in software (TPM 2.0 Library Part 1, section 24; annexes B.10.4 for RSA, C.6.4 for ECC):
//   seed         32 bytes: RSA: random, sent under OAEP with SHA-256 and label "IDENTITY\0"
//                ECC: KDFe(Z, "IDENTITY", x of the ephemeral key, x of the endorsement key), the ephemeral point sent
//   identity     AES-128-CFB under KDFa(seed, "STORAGE", name), IV zero, of TPM2B_DIGEST(answer)
//   credential   TPM2B_DIGEST(HMAC-SHA-256 under KDFa(seed, "INTEGRITY") of identity ‖ name) ‖ identity
// Made here and not by the TPM: one that could see the answer in the question proves nothing by giving it.

import COpenSSL
import Crypto
import CryptoExtras
import Foundation

/// A question that only the TPM with the certificate's endorsement key can answer, and only if an object of the given name
/// is loaded in it.
struct CredentialChallenge: Sendable {
    let answer: [UInt8]
    /// Contents of TPM2B_ID_OBJECT.
    let credential: [UInt8]
    /// Contents of TPM2B_ENCRYPTED_SECRET.
    let secret: [UInt8]

    /// - Parameter name: TPM Name of the object, 34 bytes.
    /// - Throws: `EnrollmentError.malformed` for a key that cannot be used.
    init(
        for certificate: EndorsementCertificate, object name: [UInt8]
    ) throws(EnrollmentError) {
        let answer = SecretBytes.random(count: 32).withUnsafeBytes { Array($0) }
        let (seed, secret) = try Self.seed(certificate)
        do {
            let storage = Self.kdfa(seed, "STORAGE", name, bytes: 16)
            let identity = try AES._CFB.encrypt(
                Self.sized(answer), using: storage,
                iv: AES._CFB.IV(ivBytes: [UInt8](repeating: 0, count: 16)))
            let integrity = HMAC<SHA256>.authenticationCode(
                for: identity + name, using: Self.kdfa(seed, "INTEGRITY", [], bytes: 32))
            credential = Self.sized(Array(integrity)) + identity
        } catch {
            throw EnrollmentError(.malformed, "no challenge can be made: \(error)")
        }
        self.answer = answer
        self.secret = secret
    }

    private static func seed(
        _ certificate: EndorsementCertificate
    ) throws(EnrollmentError) -> (seed: SymmetricKey, secret: [UInt8]) {
        switch certificate.key {
        case .rsa:
            let seed = SymmetricKey(size: .bits256)
            guard let secret = seed.withUnsafeBytes({ oaep(Array($0), certificate) }) else {
                throw EnrollmentError(.malformed, "the EK certificate's key encrypts nothing")
            }
            return (seed, secret)
        case .p256(let x, let y):
            let own = P256.KeyAgreement.PrivateKey()
            let point = own.publicKey.x963Representation.dropFirst()
            let (ownX, ownY) = (Array(point.prefix(32)), Array(point.suffix(32)))
            guard let peer = try? P256.KeyAgreement.PublicKey(x963Representation: [4] + x + y),
                let shared = try? own.sharedSecretFromKeyAgreement(with: peer)
            else {
                throw EnrollmentError(.malformed, "the EK certificate's key is no point of P-256")
            }
            let seed = shared.withUnsafeBytes { kdfe(Array($0), "IDENTITY", ownX, x) }
            return (seed, Self.sized(ownX) + Self.sized(ownY))
        }
    }

    /// TPM2B of what is ours and short.
    private static func sized(_ bytes: [UInt8]) -> [UInt8] {
        var sized: [UInt8] = []
        sized.append(bigEndian: UInt16(truncatingIfNeeded: bytes.count))
        return sized + bytes
    }

    /// Part 1, 11.4.10.2, one block of SHA-256.
    private static func kdfa(
        _ key: SymmetricKey, _ label: String, _ context: [UInt8], bytes: Int
    ) -> SymmetricKey {
        var input: [UInt8] = [0, 0, 0, 1] + Array(label.utf8) + [0] + context
        input.append(bigEndian: UInt32(bytes * 8))
        let block = HMAC<SHA256>.authenticationCode(for: input, using: key)
        return SymmetricKey(data: Array(block).prefix(bytes))
    }

    /// Part 1, 11.4.10.3, one block of SHA-256.
    private static func kdfe(
        _ shared: [UInt8], _ label: String, _ partyU: [UInt8], _ partyV: [UInt8]
    ) -> SymmetricKey {
        let input: [UInt8] = [0, 0, 0, 1] + shared + Array(label.utf8) + [0] + partyU + partyV
        return SymmetricKey(data: SHA256.hash(data: input))
    }

    private static func oaep(
        _ seed: [UInt8], _ certificate: EndorsementCertificate
    ) -> [UInt8]? {
        guard let (owner, _) = X509Certificate.parse(certificate.der),
            let key = X509_get0_pubkey(owner.pointer),
            let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        else { return nil }
        defer {
            EVP_PKEY_CTX_free(context)
            withExtendedLifetime(owner) {}
        }
        let label = Array("IDENTITY\0".utf8)
        guard EVP_PKEY_encrypt_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1,
            EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1,
            let copy = CRYPTO_memdup(label, label.count, "", 0)
        else { return nil }
        // The context owns the copy once it took it.
        guard EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, Int32(label.count)) == 1 else {
            CRYPTO_free(copy, "", 0)
            return nil
        }
        var secret = [UInt8](repeating: 0, count: EndorsementPublicKey.modulusBytes)
        var length = secret.count
        guard EVP_PKEY_encrypt(context, &secret, &length, seed, seed.count) == 1 else {
            return nil
        }
        return Array(secret.prefix(length))
    }
}
