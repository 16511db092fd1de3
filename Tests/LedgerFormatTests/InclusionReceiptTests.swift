import Foundation
import LedgerFormat
import Testing

@Suite struct InclusionReceiptTests {
    static let note = Array("o\n1\nAAAA\n\n— o AAAAAAE=\n".utf8)

    @Test func receiptReadsBackInAllShapes() throws {
        let header = try #require(try Fixtures.headers().first).canonicalBytes()
        for extra in [nil, header] {
            for count in [0, 1, 53] {
                let receipt = try InclusionReceipt(
                    extra: extra, index: 41,
                    hashes: [Digest32](repeating: try Fixtures.digest(3), count: count),
                    checkpoint: Self.note)
                #expect(try InclusionReceipt(parsing: receipt.bytes) == receipt)
            }
        }
    }

    @Test func layoutIsTheSpecifications() throws {
        let receipt = try InclusionReceipt(
            extra: Array("abc".utf8), index: 7, hashes: [Digest32.zero], checkpoint: Self.note)
        let expected =
            "c2sp.org/tlog-proof@v1\nextra YWJj\nindex 7\n" + Digest32.zero.base64 + "\n\n"
            + String(decoding: Self.note, as: UTF8.self)
        #expect(String(decoding: receipt.bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        "", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nn\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\n\nn\n", "c2sp.org/tlog-proof@v1\nindex 00\n\nn\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nn\n", "c2sp.org/tlog-proof@v1\nindex  0\n\nn\n",
        "c2sp.org/tlog-proof@v1\nindex 0 \n\nn\n", "c2sp.org/tlog-proof@v1\nindex\n\nn\n",
        "c2sp.org/tlog-proof@v1\nindex 9007199254740992\n\nn\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nn\n",
        "c2sp.org/tlog-proof@v1\nextra YWJ=\nindex 0\n\nn\n",
        "c2sp.org/tlog-proof@v1\nextra YQ==\nextra YQ==\nindex 0\n\nn\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra YQ==\n\nn\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nn\n", "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n", "c2sp.org/tlog-proof@v1\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\nnote without an empty line",
    ]) func malformedReceiptsAreRefused(text: String) {
        #expect(throws: InclusionReceiptError.self) {
            try InclusionReceipt(parsing: Array(text.utf8))
        }
    }

    /// A receipt that is accepted says exactly what its bytes say.
    @Test func noReceiptHasATwin() throws {
        let bytes = try InclusionReceipt(
            extra: Array("abc".utf8), index: 7, hashes: [Fixtures.digest(1), Fixtures.digest(2)],
            checkpoint: Self.note
        ).bytes
        for position in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = bytes
                mutated[position] = byte
                guard let receipt = try? InclusionReceipt(parsing: mutated) else { continue }
                #expect(receipt.bytes == mutated)
            }
        }
    }

    @Test func receiptsAreBounded() throws {
        let hash = try Fixtures.digest(1)
        #expect(throws: InclusionReceiptError.self) {
            try InclusionReceipt(
                extra: nil, index: 0, hashes: [Digest32](repeating: hash, count: 54),
                checkpoint: Self.note)
        }
        #expect(throws: InclusionReceiptError.tooLarge) {
            try InclusionReceipt(
                parsing: [UInt8](repeating: 0x41, count: LedgerLimits.maxReceiptBytes + 1))
        }
        #expect(throws: InclusionReceiptError.self) {
            try InclusionReceipt(extra: [], index: 0, hashes: [], checkpoint: Self.note)
        }
    }

    /// The path that an auditor walks with a receipt alone.
    @Test func receiptProvesItsEntryOffline() throws {
        let signer = try Fixtures.signer(Fixtures.origin)
        let header = try #require(try Fixtures.headers().last { $0.index == 0 })
        let leaf = MerkleTree.leafHash(header.canonicalBytes())
        let leaves = [leaf] + (1..<6).map { MerkleTree.leafHash([UInt8($0)]) }
        let checkpoint = try Checkpoint(
            origin: Fixtures.origin, size: 6, root: MerkleTree.root(ofLeaves: leaves))
        let note = try checkpoint.signedNote(
            keyName: signer.key.name, keyID: signer.key.keyID, signer: signer.sign)
        let file = try InclusionReceipt(
            extra: header.canonicalBytes(), index: 0,
            hashes: MerkleProof.inclusion(index: 0, size: 6, reader: MemoryNodes(leaves: leaves)),
            checkpoint: note.bytes
        ).bytes

        let receipt = try InclusionReceipt(parsing: file)
        let text = try SignedNote(parsing: receipt.checkpoint).verified(by: [signer.key]).text
        let tree = try Checkpoint(parsing: text)
        let read = try EntryHeader(canonical: try #require(receipt.extra))
        #expect(read.index == receipt.index)
        try MerkleProof.verifyInclusion(
            leaf: MerkleTree.leafHash(read.canonicalBytes()), index: receipt.index, size: tree.size,
            proof: receipt.hashes, root: tree.root)
    }
}
