import Foundation
import LedgerFormat
import LedgerVerification
import Testing

struct ReceiptVerifierTests {
    struct Leaves: TreeNodeReader {
        let leaves: [Digest32]

        func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
            nodes.map { node in
                var tree = MerkleFrontier()
                let width = 1 << node.level
                for leaf in leaves[Int(node.index) * width..<(Int(node.index) + 1) * width] {
                    tree.append(leaf)
                }
                return tree.root
            }
        }
    }

    static func receipt(
        _ fixture: LedgerFixture, index: UInt64, size: UInt64, extra: Bool = true
    ) throws -> [UInt8] {
        try InclusionReceipt(
            extra: extra ? fixture.headers[Int(index)] : nil, index: index,
            hashes: MerkleProof.inclusion(
                index: index, size: size, reader: Leaves(leaves: fixture.leaves)),
            checkpoint: Test.unwrap(fixture.notes[size])
        ).bytes
    }

    @Test(arguments: [(0, 2), (0, 18), (3, 5), (3, 14), (17, 18)] as [(UInt64, UInt64)])
    func receiptIsVerifiedAlone(_ index: UInt64, _ size: UInt64) throws {
        let fixture = try LedgerFixture.standard()
        let bytes = try Self.receipt(fixture, index: index, size: size)
        let verified = try ReceiptVerifier(trust: fixture.trust).verify(bytes: bytes)
        #expect(verified.header?.index == index)
        #expect(verified.treeSize == size)
        #expect(verified.leaf == fixture.leaves[Int(index)])
        #expect(verified.isSignatureChecked)
    }

    @Test func everyChangedByteOfReceiptIsFound() throws {
        let fixture = try LedgerFixture.standard()
        let intact = try Self.receipt(fixture, index: 3, size: 14)
        let verifier = ReceiptVerifier(trust: fixture.trust)
        for at in intact.indices {
            var bytes = intact
            bytes[at] ^= 1
            #expect(throws: VerificationFailure.self, "byte \(at)") {
                try verifier.verify(bytes: bytes)
            }
        }
    }

    @Test func receiptOfAnotherEntrysHeaderIsRefused() throws {
        let fixture = try LedgerFixture.standard()
        let good = try InclusionReceipt(parsing: Self.receipt(fixture, index: 3, size: 14))
        let other = try InclusionReceipt(
            extra: fixture.headers[4], index: 3, hashes: good.hashes, checkpoint: good.checkpoint)
        let failure = #expect(throws: VerificationFailure.self) {
            try ReceiptVerifier(trust: fixture.trust).verify(bytes: other.bytes)
        }
        #expect(failure?.code == .header)
    }

    @Test func proofWithoutHeaderHoldsWithTheHeaderGiven() throws {
        let fixture = try LedgerFixture.standard()
        let verifier = ReceiptVerifier(trust: fixture.trust)
        let bytes = try Self.receipt(fixture, index: 3, size: 14, extra: false)
        #expect(
            try verifier.verify(bytes: bytes, header: fixture.headers[3]).leaf == fixture.leaves[3])
        let other = #expect(throws: VerificationFailure.self) {
            try verifier.verify(bytes: bytes, header: fixture.headers[4])
        }
        #expect(other?.code == .header)
        let alone = try verifier.verify(bytes: bytes)
        #expect(alone.leaf == nil && alone.index == 3 && alone.treeSize == 14)
    }

    @Test func receiptOfUntrustedGenerationIsTold() throws {
        let fixture = try LedgerFixture.standard()
        let bytes = try Self.receipt(fixture, index: 3, size: 14)
        let trust = try TrustFile(generations: [
            .init(generation: 2, origin: "test.localhost/g2", keys: [])
        ])
        let failure = #expect(throws: VerificationFailure.self) {
            try ReceiptVerifier(trust: trust).verify(bytes: bytes)
        }
        #expect(failure?.code == .generationUntrusted)
    }

    @Test func receiptUnderStrangersKeyIsRefused() throws {
        let fixture = try LedgerFixture.standard()
        let bytes = try Self.receipt(fixture, index: 3, size: 14)
        try fixture.trust([try TestKeys().logKey()])
        let failure = #expect(throws: VerificationFailure.self) {
            try ReceiptVerifier(trust: fixture.trust).verify(bytes: bytes)
        }
        #expect(failure?.code == .checkpointSignature)
    }

    @Test func receiptWithoutTrustFileSaysThatSignatureIsUnchecked() throws {
        let fixture = try LedgerFixture.standard()
        let bytes = try Self.receipt(fixture, index: 3, size: 14)
        #expect(try !ReceiptVerifier(trust: nil).verify(bytes: bytes).isSignatureChecked)
    }
}
