/// A note that at least one trusted key signed and no trusted key signed wrongly. Only
/// `SignedNote.verified(by:)` makes one.
public struct VerifiedNote: Sendable {
    public let note: SignedNote
    /// The trusted keys whose lines verified, in the order of their lines; never empty.
    public let signers: [NoteKey]

    init(note: SignedNote, signers: [NoteKey]) {
        self.note = note
        self.signers = signers
    }

    public var text: String { note.text }
}
