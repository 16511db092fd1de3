import CSodium
import LedgerFormat

/// An Ed25519 key of libsodium that signs from locked memory.
final class LogKey: Sendable {
    static let algorithm = "Ed25519"
    static let seedSize = 32

    /// The note key name: the origin.
    let name: String
    let generation: UInt64
    /// 32 bytes.
    let publicKey: [UInt8]
    let keyID: UInt32
    /// `keyID` in eight hex digits.
    let keyIDText: String
    /// Seed ‖ public key, as libsodium has it.
    let secret: SecretBytes

    /// - Throws: `KeyCustodyError.corrupt` when the seed is not 32 bytes or no note can carry the name.
    init(name: String, seed: SecretBytes, generation: UInt64) throws(KeyCustodyError) {
        guard seed.count == Self.seedSize else {
            throw KeyCustodyError(
                .corrupt, "the seed of key \(name) has a wrong size; restore keys/")
        }
        var publicKey = [UInt8](repeating: 0, count: 32)
        secret = SecretBytes(count: 64) { buffer in
            guard let secret = buffer.assumingMemoryBound(to: UInt8.self).baseAddress else {
                return
            }
            seed.withBytePointer { seed in
                _ = crypto_sign_seed_keypair(&publicKey, secret, seed)
            }
        }
        self.name = name
        self.generation = generation
        self.publicKey = publicKey
        guard let note = NoteKey.ed25519(name: name, publicKey: publicKey) else {
            throw KeyCustodyError(.corrupt, "no note can carry a key named \(name); restore keys/")
        }
        keyID = note.keyID
        keyIDText = note.keyIDHex
    }

    /// Deterministic: the same message gives the same 64 bytes (RFC 8032).
    func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 64)
        secret.withBytePointer { key in
            _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), key)
        }
        return signature
    }
}
