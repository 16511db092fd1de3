// RFC 8032, verification only, by libsodium: it also refuses small-order keys and non-canonical
// signatures, so a signature has no twin.

internal import CSodium

enum Ed25519 {
    static let publicKeyBytes = 32
    static let signatureBytes = 64

    /// libsodium wants to be initialized once per process; a static does exactly that.
    private static let isReady = sodium_init() >= 0

    static func isValid(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard isReady, signature.count == signatureBytes, publicKey.count == publicKeyBytes else {
            return false
        }
        return crypto_sign_verify_detached(
            signature, message, UInt64(message.count), publicKey) == 0
    }
}
