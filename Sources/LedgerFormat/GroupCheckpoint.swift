// FORMAT 4: a group checkpoint is a note with one line, by the log key:
//   origin ‖ LF ‖ size ‖ LF ‖ base64(root) ‖ LF ‖ LF ‖ "— " ‖ key name ‖ " " ‖ base64(key id ‖ signature) ‖ LF
// Everything in it but the 64 bytes of the signature is known beforehand.

/// Checks group checkpoints of one log key against the text they must have, without taking them apart: there is
/// one per commit group, and a verifier meets them by the million.
public struct GroupCheckpoint: Sendable {
    private let key: [UInt8]
    private let keyID: [UInt8]
    private let head: [UInt8]
    private let tail: [UInt8]

    /// - Returns: nil for a key that is not Ed25519.
    public init?(origin: String, key: NoteKey) {
        guard case .ed25519(let publicKey) = key.kind else { return nil }
        self.key = publicKey
        keyID = key.keyID.bigEndianBytes
        head = Array("\(origin)\n".utf8)
        tail = Array("\n— \(key.name) ".utf8)
    }

    /// - Returns: true for exactly the bytes that this key signs for this tree. False tells nothing but that a
    ///   reader which names what is wrong must look.
    public func isSigned(_ note: [UInt8], size: UInt64, root: Digest32) -> Bool {
        let text = head + Array("\(size)\n\(root.base64)\n".utf8)
        let signatureText = (keyID.count + Ed25519.signatureBytes + 2) / 3 * 4
        let start = text.count + tail.count
        guard note.count == start + signatureText + 1, note.last == 0x0A,
            note.starts(with: text), note[text.count..<start].elementsEqual(tail),
            let line = note.withUnsafeBytes({
                StrictBase64.decode(
                    UnsafeRawBufferPointer(rebasing: $0[start..<start + signatureText]))
            }),
            line.starts(with: keyID)
        else { return false }
        return Ed25519.isValid(
            signature: Array(line.dropFirst(keyID.count)), message: text, publicKey: key)
    }
}
