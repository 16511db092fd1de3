import Crypto
import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// The hardware key's line of published checkpoints (FORMAT 4).
struct PublishedLineTests {
    private let hardware = P256.Signing.PrivateKey()

    private func key() throws -> TrustedKey {
        try TrustedKey(
            use: .checkpoint, algorithm: .ecdsaP256, name: TestKeys.origin,
            publicKey: Array(hardware.publicKey.derRepresentation), fromSize: 0, untilSize: nil)
    }

    private func line(_ text: String, signing other: String? = nil) throws -> NoteSignatureLine {
        let noteKey = try #require(key().noteKey)
        let signature = try hardware.signature(for: Data((other ?? text).utf8))
        return try #require(
            NoteSignatureLine(
                name: noteKey.name, keyID: noteKey.keyID,
                signature: Array(signature.derRepresentation)))
    }

    /// One segment whose last checkpoint is published as `change` has it.
    private func published(
        _ change: (SignedNote) throws -> SignedNote
    ) throws -> LedgerFixture {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey(), key()])
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.audit()])
        let note = try SignedNote(parsing: #require(fixture.notes[fixture.frontier.size]))
        try fixture.publish(change(note).bytes)
        try fixture.close()
        return fixture
    }

    @Test func bothLinesHold() async throws {
        let fixture = try published { try $0.adding(line($0.text)) }
        #expect(await fixture.failure() == "none")
        #expect(
            try PythonVerifierTests().run([fixture.ledger, "--trust", fixture.trustPath]).answer.ok)
    }

    /// The log key's line is good, and yet the checkpoint is not: a bad line by a known key is somebody's doing.
    @Test func aBadLineIsFoundAndNamed() async throws {
        let fixture = try published { try $0.adding(line($0.text, signing: "something else")) }
        #expect(await fixture.failure() == "checkpoint-signature 1/3")
        let id = try key().keyID
        #expect(await fixture.verify().failure?.reason.contains(id) == true)
        #expect(
            try !PythonVerifierTests().run([fixture.ledger, "--trust", fixture.trustPath]).answer.ok
        )
    }

    @Test func aLineOfAnotherCheckpointIsFound() async throws {
        let fixture = try published { note in
            let other = try Checkpoint(origin: TestKeys.origin, size: 4, root: .zero)
            return try note.adding(line(other.noteText))
        }
        #expect(await fixture.failure() == "checkpoint-signature 1/3")
    }

    /// Whoever takes the line away leaves what the log key signed: a checkpoint like any before the TPM answered.
    @Test func aMissingLineIsNoFailure() async throws {
        let fixture = try published { $0 }
        #expect(await fixture.failure() == "none")
    }

    /// The hardware key makes a published checkpoint count, and no commit group.
    @Test func aGroupNeedsTheLogKeysLine() async throws {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey(), key()])
        try fixture.begin()
        try fixture.activateKeys()
        let copy = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey(), key()])
        try copy.begin()
        try copy.activateKeys()
        try copy.group([.audit()])
        let text = try SignedNote(parsing: #require(copy.notes[4])).text
        let note = try SignedNote(text: text, signatures: [line(text)])
        try copy.publish(note.bytes)
        try copy.close()
        #expect(await copy.failure() == "none")
        try fixture.group([.audit()], note: note.bytes)
        try fixture.close()
        #expect(await fixture.failure() == "checkpoint-signature 1/3")
        #expect(
            try !PythonVerifierTests().run([fixture.ledger, "--trust", fixture.trustPath]).answer.ok
        )
    }
}
