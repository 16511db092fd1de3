import Crypto
import Foundation
import LedgerFormat
import Testing

@Suite struct SignedNoteTests {
    static let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let example = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """

    @Test func exampleOfTheSpecificationVerifies() throws {
        let key = try #require(NoteKey(vkey: Self.exampleKey))
        #expect(key.vkey == Self.exampleKey)
        let note = try SignedNote(parsing: Array(Self.example.utf8))
        let verified = try note.verified(by: [key])
        #expect(verified.text == "This is an example message.\n")
        #expect(verified.signers == [key])
        #expect(note.bytes == Array(Self.example.utf8))
    }

    @Test func anyChangedByteOfTheExampleIsFound() throws {
        let key = try #require(NoteKey(vkey: Self.exampleKey))
        let bytes = Array(Self.example.utf8)
        for position in bytes.indices {
            for bit in 0..<8 {
                var mutated = bytes
                mutated[position] ^= 1 << bit
                if let note = try? SignedNote(parsing: mutated) {
                    #expect(note.bytes == mutated)
                }
                #expect(throws: SignedNoteError.self) {
                    try SignedNote(parsing: mutated).verified(by: [key])
                }
            }
        }
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "\n\n", "text\n\n— a AAAAAAA=", "text\n— a AAAAAAA=\n",
        "text\r\n\n— a AAAAAAA=\n", "text\u{0}\n\n— a AAAAAAA=\n", "te\txt\n\n— a AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n", "text\n\n—a AAAAAAA=\n", "text\n\n— a\n", "text\n\n—  AAAAAAA=\n",
        "text\n\n— a  AAAAAAA=\n", "text\n\n— a AAAAAAA= \n", "text\n\n— a+b AAAAAAA=\n",
        "text\n\n— a\u{A0}b AAAAAAA=\n", "text\n\n— a\u{2003}b AAAAAAA=\n",
        "text\n\n— a AAAAAA==\n",
        "text\n\n— a AAAAAAB=\n", "text\n\n— a AAAAAAA\n", "text\n\n— a AAAA\n",
        "text\n\n— a AAAAAAA=\n\n", "text\n\n— a AAAAAAA=\nb\n", "text\n\n— a AAAAAAA=\r\n",
    ]) func malformedNotesAreRefused(text: String) {
        #expect(throws: SignedNoteError.self) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test func lastEmptyLineSeparates() throws {
        let note = try SignedNote(parsing: Array("one\n\n— a AAAAAAA=\n\n— b AAAAAAE=\n".utf8))
        #expect(note.text == "one\n\n— a AAAAAAA=\n")
        #expect(note.signatures.map(\.name) == ["b"])
        #expect(note.signatures.map(\.signature) == [[1]])
    }

    @Test(
        arguments: [
            [0xFF, 0x0A, 0x0A], [0xC3, 0x0A, 0x0A], [0xED, 0xA0, 0x80, 0x0A, 0x0A],
        ] as [[UInt8]]) func invalidUTF8IsRefused(start: [UInt8])
    {
        #expect(throws: SignedNoteError.malformed(reason: "invalid UTF-8")) {
            try SignedNote(parsing: start + Array("— a AAAAAAE=\n".utf8))
        }
    }

    @Test func unknownLinesAreKeptAndIgnored() throws {
        let log = try Fixtures.signer("log.test/g1")
        let stranger = try Fixtures.signer("witness.test")
        // Same name, another key; same key id under another name: neither is the known key.
        let namesake = try Fixtures.signer("log.test/g1")
        let text = "log.test/g1\nmore\n"
        let double = try #require(
            NoteSignatureLine(name: "other.test", keyID: log.key.keyID, signature: [1, 2, 3]))
        let note = try SignedNote(
            text: text,
            signatures: [
                stranger.line(text), double, namesake.line(text), log.line(text),
            ])
        let reread = try SignedNote(parsing: note.bytes)
        #expect(reread.signatures.count == 4)
        #expect(try reread.verified(by: [log.key]).signers == [log.key])
        #expect(
            try reread.verified(by: [log.key, stranger.key]).signers == [stranger.key, log.key])
        #expect(throws: SignedNoteError.noKnownSignature) { try reread.verified(by: []) }
    }

    @Test func badSignatureOfAKnownKeySpoilsTheNote() throws {
        let log = try Fixtures.signer("log.test/g1")
        let witness = try Fixtures.signer("witness.test")
        let note = try SignedNote(
            text: "text\n", signatures: [log.line("text\n"), witness.line("other text\n")])
        #expect(
            throws: SignedNoteError.badSignature(name: "witness.test", keyID: witness.key.keyID)
        ) { try note.verified(by: [log.key, witness.key]) }
        #expect(try note.verified(by: [log.key]).signers == [log.key])
    }

    @Test func secondLineOfAKnownKeyIsRefused() throws {
        let log = try Fixtures.signer("log.test/g1")
        let line = try log.line("text\n")
        let note = try SignedNote(text: "text\n", signatures: [line, line])
        #expect(throws: SignedNoteError.duplicateSignature(name: "log.test/g1", keyID: line.keyID))
        {
            try note.verified(by: [log.key])
        }
    }

    @Test func textThatNotesCannotCarryIsNotSigned() throws {
        let line = try #require(NoteSignatureLine(name: "a", keyID: 1, signature: [1]))
        for text in ["", "no newline", "tab\t\n", "return\r\n"] {
            #expect(throws: SignedNoteError.self) {
                try SignedNote(text: text, signatures: [line])
            }
        }
        #expect(throws: SignedNoteError.self) { try SignedNote(text: "text\n", signatures: []) }
    }

    @Test func notesAreBounded() throws {
        let line = "— a AAAAAAE=\n"
        func note(_ count: Int) -> [UInt8] {
            Array(("text\n\n" + String(repeating: line, count: count)).utf8)
        }
        #expect(try SignedNote(parsing: note(64)).signatures.count == 64)
        #expect(throws: SignedNoteError.tooManySignatures) { try SignedNote(parsing: note(65)) }
        let large = [UInt8](repeating: 0x41, count: LedgerLimits.maxNoteBytes + 1)
        #expect(throws: SignedNoteError.tooLarge(bytes: large.count)) {
            try SignedNote(parsing: large)
        }
    }

    @Test func p256LineVerifiesUnderItsSPKI() throws {
        let key = P256.Signing.PrivateKey()
        let spki = Array(key.publicKey.derRepresentation)
        let noteKey = try #require(NoteKey.ecdsaP256(name: "tpm.test", spki: spki))
        let digest = SHA256.hash(data: spki)
        #expect(noteKey.keyIDHex == LowerHex.encode(Array(digest.prefix(4))))
        #expect(NoteKey(vkey: noteKey.vkey) == noteKey)
        let text = "text\n"
        let signature = Array(try key.signature(for: Array(text.utf8)).derRepresentation)
        let line = try #require(
            NoteSignatureLine(name: "tpm.test", keyID: noteKey.keyID, signature: signature))
        let note = try SignedNote(text: text, signatures: [line])
        #expect(try note.verified(by: [noteKey]).signers == [noteKey])
        #expect(!noteKey.isValid(signature: signature, message: Array("other\n".utf8)))
        #expect(!noteKey.isValid(signature: signature + [0], message: Array(text.utf8)))
        #expect(!noteKey.isValid(signature: [], message: Array(text.utf8)))
        #expect(NoteKey.ecdsaP256(name: "tpm.test", spki: spki + [0]) == nil)
        #expect(
            NoteKey.ecdsaP256(
                name: "tpm.test", spki: Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
            )
                == nil)
    }

    @Test(arguments: [
        "", "example.com/foo", "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fo +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv",
    ]) func malformedVerifierKeysAreRefused(vkey: String) {
        #expect(NoteKey(vkey: vkey) == nil)
    }

    @Test func ed25519SignaturesAndKeysHaveExactLengths() throws {
        let signer = try Fixtures.signer("a")
        let message = Array("text\n".utf8)
        let signature = try signer.sign(message)
        #expect(signer.key.isValid(signature: signature, message: message))
        #expect(!signer.key.isValid(signature: signature + [0], message: message))
        #expect(!signer.key.isValid(signature: Array(signature.dropLast()), message: message))
        #expect(!signer.key.isValid(signature: [], message: message))
        #expect(NoteKey.ed25519(name: "a", publicKey: [UInt8](repeating: 1, count: 31)) == nil)
        // The identity point as a key would sign anything for anyone.
        let identity = try #require(
            NoteKey.ed25519(name: "a", publicKey: [1] + [UInt8](repeating: 0, count: 31)))
        let forged = [1] + [UInt8](repeating: 0, count: 63)
        #expect(!identity.isValid(signature: forged, message: message))
    }
}
