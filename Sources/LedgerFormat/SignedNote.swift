// C2SP signed-note:
//   text, ending in LF ‖ LF ‖ one or more signature lines (NoteSignatureLine.swift)
// The text may hold empty lines: the last empty line separates. Valid UTF-8, no control character below
// U+0020 but LF. At most 64 KiB and 64 signature lines.

public import FoundationEssentials

/// A note whose signatures nobody has checked yet. `verified(by:)` makes a `VerifiedNote` of it.
public struct SignedNote: Sendable {
    /// What is signed, with its final newline.
    public let text: String
    public let signatures: [NoteSignatureLine]

    /// - Throws: `SignedNoteError`
    public init(text: String, signatures: [NoteSignatureLine]) throws(SignedNoteError) {
        self.text = text
        self.signatures = signatures
        // What is put together must be what a reader will see.
        let reread = try SignedNote(parsing: bytes)
        guard reread.text.utf8.elementsEqual(text.utf8), reread.signatures == signatures else {
            throw .malformed(reason: "the text would be cut at another line")
        }
    }

    /// - Throws: `SignedNoteError`
    public init(parsing bytes: some ContiguousBytes) throws(SignedNoteError) {
        self = try bytes.reading { (buffer) throws(SignedNoteError) in
            guard buffer.count <= LedgerLimits.maxNoteBytes else {
                throw .tooLarge(bytes: buffer.count)
            }
            guard buffer.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
                throw .malformed(reason: "a control character other than newline")
            }
            guard buffer.last == 0x0A, let blank = Self.lastEmptyLine(buffer) else {
                throw .malformed(reason: "no empty line before signatures, or no final newline")
            }
            // Validated apart, so that no multi-byte character can bridge the two.
            guard let text = String(validating: buffer[...blank], as: UTF8.self),
                let lines = String(validating: buffer[(blank + 2)...].dropLast(), as: UTF8.self)
            else { throw .malformed(reason: "invalid UTF-8") }
            return SignedNote(unchecked: text, try Self.signatures(lines))
        }
    }

    private init(unchecked text: String, _ signatures: [NoteSignatureLine]) {
        self.text = text
        self.signatures = signatures
    }

    public var bytes: [UInt8] {
        var out = Array(text.utf8)
        out.append(0x0A)
        for line in signatures {
            out += line.text.utf8
        }
        return out
    }

    /// The note with one more line, e.g. a witness's.
    ///
    /// - Throws: `SignedNoteError`
    public func adding(_ line: NoteSignatureLine) throws(SignedNoteError) -> SignedNote {
        try SignedNote(text: text, signatures: signatures + [line])
    }

    /// Position of the first of the two newlines that make the last empty line.
    private static func lastEmptyLine(_ buffer: UnsafeRawBufferPointer) -> Int? {
        var at = buffer.count - 2
        while at >= 0 {
            if buffer[at] == 0x0A, buffer[at + 1] == 0x0A { return at }
            at -= 1
        }
        return nil
    }

    private static func signatures(
        _ lines: String
    ) throws(SignedNoteError) -> [NoteSignatureLine] {
        var signatures: [NoteSignatureLine] = []
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
            guard signatures.count < LedgerLimits.maxNoteSignatures else {
                throw .tooManySignatures
            }
            guard let signature = NoteSignatureLine(line: line) else {
                throw .malformed(reason: "signature line \(signatures.count + 1)")
            }
            signatures.append(signature)
        }
        return signatures
    }
}

// MARK: - Verifying

extension SignedNote {
    /// Lines of unknown keys are kept and ignored; a line of a known key must verify.
    ///
    /// - Throws: `SignedNoteError`
    public func verified(by keys: [NoteKey]) throws(SignedNoteError) -> VerifiedNote {
        let message = Array(text.utf8)
        var signers: [NoteKey] = []
        for line in signatures {
            let known = Set(keys.filter { $0.matches(name: line.name, keyID: line.keyID) })
            guard let key = known.first else { continue }
            guard known.count == 1 else {
                throw .ambiguousKeys(name: line.name, keyID: line.keyID)
            }
            guard !signers.contains(key) else {
                throw .duplicateSignature(name: line.name, keyID: line.keyID)
            }
            guard key.isValid(signature: line.signature, message: message) else {
                throw .badSignature(name: line.name, keyID: line.keyID)
            }
            signers.append(key)
        }
        guard !signers.isEmpty else { throw .noKnownSignature }
        return VerifiedNote(note: self, signers: signers)
    }
}
