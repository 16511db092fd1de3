import LedgerFormat
import Testing

@Suite struct CheckpointTests {
    @Test func exampleOfTheSpecificationReads() throws {
        let text =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try Checkpoint(parsing: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.noteText == text)
    }

    @Test func signedCheckpointVerifies() throws {
        let signer = try Fixtures.signer(Fixtures.origin)
        let checkpoint = try Checkpoint(
            origin: Fixtures.origin, size: 7, root: Fixtures.digest(9))
        let note = try checkpoint.signedNote(
            keyName: signer.key.name, keyID: signer.key.keyID, signer: signer.sign)
        let verified = try SignedNote(parsing: note.bytes).verified(by: [signer.key])
        #expect(try Checkpoint(parsing: verified.text) == checkpoint)
        #expect(throws: SignedNoteError.self) {
            try checkpoint.signedNote(keyName: "a b", keyID: 1, signer: signer.sign)
        }
    }

    @Test(arguments: [
        "", "o\n1\n", "o\n1\n\(root)", "o\n1\n\(root)\nextension\n", "o\n1\n\(root)\n\n",
        "\n1\n\(root)\n", "o o\n1\n\(root)\n", "o+o\n1\n\(root)\n", "o\n01\n\(root)\n",
        "o\n-1\n\(root)\n", "o\n+1\n\(root)\n", "o\n1 \n\(root)\n", "o\n\n\(root)\n",
        "o\n9007199254740992\n\(root)\n", "o\n1\n\(root.dropLast())\n", "o\n1\nAAAA\n",
        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", "o\n0\n\(root)\n",
        "o\r\n1\n\(root)\n",
    ]) func malformedCheckpointsAreRefused(text: String) {
        #expect(throws: CheckpointError.self) { try Checkpoint(parsing: text) }
    }

    static let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    @Test func emptyTreeHasTheEmptyRoot() throws {
        let empty = try Checkpoint(origin: "o", size: 0, root: MerkleTree.emptyRoot)
        #expect(try Checkpoint(parsing: empty.noteText) == empty)
    }

    @Test func originsNameTheirGeneration() throws {
        let origin = try #require(LedgerOrigin("chancery.localhost/g12"))
        #expect(origin.name == "chancery.localhost")
        #expect(origin.generation == 12)
        #expect(origin.text == "chancery.localhost/g12")
        #expect(LedgerOrigin(name: "a/b", generation: 1)?.text == "a/b/g1")
        for text in ["", "/g1", "a", "a/g", "a/g0", "a/g01", "a/g1/", "a/h1", "a b/g1", "a/g1x"] {
            #expect(LedgerOrigin(text) == nil)
        }
    }
}
