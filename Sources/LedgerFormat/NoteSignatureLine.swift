// C2SP signed-note: em dash (U+2014) ‖ space ‖ key name ‖ space ‖ base64(key id, 4 bytes big-endian ‖
// signature) ‖ LF.

/// One signature under a note.
public struct NoteSignatureLine: Sendable, Hashable {
    public let name: String
    public let keyID: UInt32
    /// Without the key id.
    public let signature: [UInt8]

    /// - Returns: nil for a name that notes cannot carry, or an empty signature.
    public init?(name: String, keyID: UInt32, signature: [UInt8]) {
        guard NoteKey.isName(name), !signature.isEmpty else { return nil }
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// - Parameter line: without its newline.
    init?(line: Substring) {
        guard line.utf8.starts(with: "— ".utf8) else { return nil }
        let parts = line.utf8.dropFirst("— ".utf8.count)
            .split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = String(parts[0]), let encoded = String(parts[1]),
            let bytes = StrictBase64.decode(encoded), bytes.count > 4
        else { return nil }
        let keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        self.init(name: name, keyID: keyID, signature: Array(bytes.dropFirst(4)))
    }

    /// With its newline.
    var text: String {
        "— \(name) \(StrictBase64.encode(keyID.bigEndianBytes + signature))\n"
    }
}
