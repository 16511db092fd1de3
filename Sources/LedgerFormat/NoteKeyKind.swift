/// FORMAT 4: the signature types that this product reads.
public enum NoteKeyKind: Sendable, Hashable {
    /// Type 0x01; the 32 bytes of the public key.
    case ed25519([UInt8])
    /// Type 0x02; the public key as SPKI DER.
    case ecdsaP256([UInt8])

    /// The byte that stands before the key in a verifier key.
    var typeByte: UInt8 {
        switch self {
        case .ed25519: 0x01
        case .ecdsaP256: 0x02
        }
    }

    public var publicKey: [UInt8] {
        switch self {
        case .ed25519(let key), .ecdsaP256(let key): key
        }
    }
}
