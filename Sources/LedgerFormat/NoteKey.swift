// C2SP signed-note, FORMAT 4:
//   key id, type 0x01   SHA-256(name ‖ LF ‖ 0x01 ‖ 32-byte public key)[:4]
//   key id, type 0x02   SHA-256(SPKI DER)[:4]
//   verifier key        <name>+<8 hex digits of the key id>+<base64 of type byte ‖ public key>
// A name is 1 … 512 characters of 0x21 – 0x7E except the plus: C2SP allows more of Unicode, where two names
// can look alike.

internal import Crypto
internal import FoundationEssentials

/// A public key that notes are verified with.
public struct NoteKey: Sendable, Hashable {
    public let name: String
    /// Identifies the key in a signature line; no cryptographic strength.
    public let keyID: UInt32
    public let kind: NoteKeyKind

    private init(name: String, keyID: UInt32, kind: NoteKeyKind) {
        self.name = name
        self.keyID = keyID
        self.kind = kind
    }

    /// - Returns: nil for a name that notes cannot carry, or a key that is not 32 bytes.
    public static func ed25519(name: String, publicKey: [UInt8]) -> NoteKey? {
        guard isName(name), publicKey.count == Ed25519.publicKeyBytes else { return nil }
        let id = prefix(of: Array(name.utf8) + [0x0A, 0x01] + publicKey)
        return NoteKey(name: name, keyID: id, kind: .ed25519(publicKey))
    }

    /// - Returns: nil for a name that notes cannot carry, or bytes that are not the DER encoding of a
    ///   P-256 key.
    public static func ecdsaP256(name: String, spki: [UInt8]) -> NoteKey? {
        guard isName(name), spki.count <= 256,
            let key = try? P256.Signing.PublicKey(derRepresentation: spki),
            key.derRepresentation.elementsEqual(spki)
        else { return nil }
        return NoteKey(name: name, keyID: prefix(of: spki), kind: .ecdsaP256(spki))
    }

    /// Reads a verifier key.
    ///
    /// - Returns: nil when malformed, of an unknown type, or when the key id does not fit the key.
    public init?(vkey: String) {
        guard vkey.utf8.count <= LedgerLimits.maxVerifierKeyBytes else { return nil }
        // base64 may hold further plus signs; names and key ids hold none.
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == 8, let id = LowerHex.decode(parts[1]),
            let encoded = StrictBase64.decode(parts[2]), let type = encoded.first
        else { return nil }
        let publicKey = Array(encoded.dropFirst())
        let key: NoteKey? =
            switch type {
            case 0x01: .ed25519(name: String(parts[0]), publicKey: publicKey)
            case 0x02: .ecdsaP256(name: String(parts[0]), spki: publicKey)
            default: nil
            }
        guard let key, key.keyID == id.reduce(0, { $0 << 8 | UInt32($1) }) else { return nil }
        self = key
    }

    public var vkey: String {
        "\(name)+\(keyIDHex)+" + StrictBase64.encode([kind.typeByte] + kind.publicKey)
    }

    /// Eight lower-case digits, as in verifier keys and trust files.
    public var keyIDHex: String { LowerHex.encode(keyID.bigEndianBytes) }

    /// Whether `signature` (64 bytes of Ed25519, or ASN.1 DER of ECDSA) is this key's over `message`.
    public func isValid(signature: [UInt8], message: [UInt8]) -> Bool {
        switch kind {
        case .ed25519(let publicKey):
            return Ed25519.isValid(signature: signature, message: message, publicKey: publicKey)
        case .ecdsaP256(let spki):
            guard let key = try? P256.Signing.PublicKey(derRepresentation: spki),
                let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature),
                parsed.derRepresentation.elementsEqual(signature)
            else { return false }
            return key.isValidSignature(parsed, for: message)
        }
    }

    /// Whether it can sign for commit groups (FORMAT 4): a hardware key's line only comes beside the log key's.
    public var isLogKey: Bool { if case .ed25519 = kind { true } else { false } }

    /// What may be a key name or an origin (FORMAT 4).
    public static func isName(_ name: String) -> Bool {
        (1...LedgerLimits.maxKeyNameBytes).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2B }
    }

    /// The same key of the same name, byte for byte (Swift's `==` on text is laxer).
    func matches(name: String, keyID: UInt32) -> Bool {
        self.keyID == keyID && self.name.utf8.elementsEqual(name.utf8)
    }

    private static func prefix(of bytes: [UInt8]) -> UInt32 {
        let digest = bytes.withUnsafeBytes { LedgerHash.sha256($0) }
        return digest.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
