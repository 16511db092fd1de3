/// Why a note is refused.
public enum SignedNoteError: LedgerFormatError, Equatable {
    case tooLarge(bytes: Int)
    case malformed(reason: String)
    case tooManySignatures
    /// A known key's line does not verify: the whole note counts for nothing.
    case badSignature(name: String, keyID: UInt32)
    /// A known key signs twice.
    case duplicateSignature(name: String, keyID: UInt32)
    /// No line is by a key that the caller trusts.
    case noKnownSignature
    /// Two different trusted keys share a name and key id, so no line could be told to be of one.
    case ambiguousKeys(name: String, keyID: UInt32)

    public var code: String {
        switch self {
        case .tooLarge: "note-too-large"
        case .malformed: "note-malformed"
        case .tooManySignatures: "note-too-many-signatures"
        case .badSignature: "note-bad-signature"
        case .duplicateSignature: "note-duplicate-signature"
        case .noKnownSignature: "note-no-known-signature"
        case .ambiguousKeys: "note-ambiguous-keys"
        }
    }

    public var message: String {
        switch self {
        case .tooLarge(let bytes):
            "The note has \(bytes) bytes, at most \(LedgerLimits.maxNoteBytes) are read."
        case .malformed(let reason):
            "Not a signed note: \(reason) (C2SP signed-note)."
        case .tooManySignatures:
            "More than \(LedgerLimits.maxNoteSignatures) signature lines."
        case .badSignature(let name, let keyID):
            "The signature of \(Self.key(name, keyID)) is wrong: the note or the signature was altered, "
                + "or the trust file holds another key under this id."
        case .duplicateSignature(let name, let keyID):
            "\(Self.key(name, keyID)) signs twice; a note carries one line per key."
        case .noKnownSignature:
            "No signature is by a key of the trust file that counts here. Check the trust file."
        case .ambiguousKeys(let name, let keyID):
            "Two different keys are both \(Self.key(name, keyID)). Remove one from the trust file."
        }
    }

    private static func key(_ name: String, _ keyID: UInt32) -> String {
        "\(name)+\(LowerHex.encode(keyID.bigEndianBytes))"
    }
}
