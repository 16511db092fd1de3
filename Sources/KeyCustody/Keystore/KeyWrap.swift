import Crypto
import Foundation
import LedgerFormat

/// AES-256-GCM around a stored key, bound to the row it stands in: moved to another row, or with any other
/// column of its row changed, it does not open.
enum KeyWrap {
    /// Bytes that a wrapped key is longer than the key.
    static let overhead = 28

    /// - Returns: nonce (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes).
    static func seal(
        _ secret: some ContiguousBytes, under key: SymmetricKey, associated: [UInt8]
    ) throws(KeyCustodyError) -> Data {
        do {
            let box = try secret.withUnsafeBytes { bytes in
                try AES.GCM.seal(bytes, using: key, authenticating: associated)
            }
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return combined
        } catch {
            throw KeyCustodyError(.unavailable, "a key could not be wrapped; restart the keeper")
        }
    }

    static func seal(
        _ secret: some ContiguousBytes, under key: SymmetricKey, binding: WrapBinding
    ) throws(KeyCustodyError) -> Data {
        try seal(secret, under: key, associated: binding.bytes)
    }

    static func seal(
        _ secret: SecretBytes, under key: SymmetricKey, binding: WrapBinding
    ) throws(KeyCustodyError) -> Data {
        try secret.withUnsafeBytes { bytes throws(KeyCustodyError) in
            try seal(bytes, under: key, binding: binding)
        }
    }

    /// Opens for as long as `body` runs; the plaintext is overwritten after.
    /// - Parameter row: how a message names it.
    /// - Throws: `KeyCustodyError.corrupt` naming the row.
    static func open<Value>(
        _ wrapped: Data, under key: SymmetricKey, associated: [UInt8],
        row: @autoclosure () -> String,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(KeyCustodyError) -> Value {
        var plain: Data
        do {
            plain = try AES.GCM.open(
                AES.GCM.SealedBox(combined: wrapped), using: key, authenticating: associated)
        } catch {
            throw KeyCustodyError(
                .corrupt,
                "keystore row \(row()) does not open under its key: it was altered, moved or "
                    + "restored from another keystore; restore keys/ as one whole")
        }
        defer { plain.withUnsafeMutableBytes { Sodium.wipe($0) } }
        return plain.withUnsafeBytes(body)
    }

    static func open<Value>(
        _ wrapped: Data, under key: SymmetricKey, binding: WrapBinding,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(KeyCustodyError) -> Value {
        try open(wrapped, under: key, associated: binding.bytes, row: binding.row, body)
    }

    /// A 32-byte key for transient use.
    static func openKey(
        _ wrapped: Data, under key: SymmetricKey, binding: WrapBinding
    ) throws(KeyCustodyError) -> SymmetricKey {
        try open(wrapped, under: key, binding: binding) { SymmetricKey(data: $0) }
    }

    /// A secret to keep.
    static func openSecret(
        _ wrapped: Data, under key: SymmetricKey, binding: WrapBinding
    ) throws(KeyCustodyError) -> SecretBytes {
        try open(wrapped, under: key, binding: binding) { SecretBytes(copying: $0) }
    }
}
