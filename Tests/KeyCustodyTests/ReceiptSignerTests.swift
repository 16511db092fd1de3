import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// KEK-API signs receipts of this ledger, and nothing else.
@Suite struct ReceiptSignerTests {
    private func key(_ keeper: KeyCustodian) async throws -> PublicKeyRecord {
        let keys = try await keeper.publicKeys().keys.filter { $0.use == "receipt" }
        try #require(keys.count == 1)
        return keys[0]
    }

    private func expectSigned(
        _ receipt: InclusionReceipt, by keeper: KeyCustodian, name: String
    ) async throws {
        let key = try await key(keeper)
        #expect(key.name == name)
        #expect(key.algorithm == "ECDSA-P384-SHA384")
        let signature = try await keeper.receiptSigner.sign(receipt.bytes)
        #expect(signature.keyID == key.keyID)
        let read = try #require(ReceiptSignature(parsing: Array((signature.text + "\n").utf8)))
        #expect(read == signature)
        #expect(read.isValid(for: receipt.bytes, spki: key.publicKey))
        #expect(!read.isValid(for: receipt.bytes + [0x0A], spki: key.publicKey))
    }

    @Test func aReceiptIsSignedInTheTPM() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            guard case .resident = keeper.hierarchy.resident.receipt else {
                Issue.record("the software TPM has P-384")
                return
            }
            let receipt = try await ErasureOrders().order(Sample.tag, keeper, type: "Anything")
                .receipt
            try await expectSigned(receipt, by: keeper, name: "KEK-API")
        }
        fixture.tpm.stop()
    }

    /// A TPM without P-384: the key is the keystore's, which its name says, and it moves along when the root changes.
    @Test func withoutTheCurveTheKeyIsWrappedAndSaysSo() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let root = keeper.hierarchy.root.transientKey()
            try await keeper.keystore.commit { db in
                try db.execute(sql: "DELETE FROM kek WHERE use = 'receipt'")
                try KeyRecord.receipt(.drawn(), serial: 1, generation: 1, under: root).insert(db)
            }
        }
        let orders = ErasureOrders()
        try await fixture.withKeeper { keeper in
            let order = try await orders.order(Sample.tag, keeper)
            try await expectSigned(order.receipt, by: keeper, name: "KEK-API-WRAPPED")
            _ = try await keeper.eraser.erase([order])
        }
        try await fixture.withKeeper { keeper in
            let receipt = try await orders.order(Sample.tag, keeper, type: "Anything").receipt
            try await expectSigned(receipt, by: keeper, name: "KEK-API-WRAPPED")
        }
    }

    enum Forgery: CaseIterable, Sendable {
        case noReceipt, empty, trailingByte, otherIndex, otherHeader, noHeader, otherProof
        case lineBySomebodyElse, ownNote
    }

    @Test(arguments: Forgery.allCases)
    func nothingElseIsSigned(_ forgery: Forgery) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let orders = ErasureOrders()
            let other = try await orders.order(Sample.tag, keeper, type: "Anything").receipt
            let good = try await orders.order(Sample.tag, keeper, type: "Anything").receipt
            _ = try await keeper.receiptSigner.sign(good.bytes)
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.receiptSigner.sign(Self.forged(good, other, forgery))
            }
            #expect(error?.code == .invalid, "\(forgery)")
        }
    }

    private static func forged(
        _ good: InclusionReceipt, _ other: InclusionReceipt, _ forgery: Forgery
    ) throws -> [UInt8] {
        func receipt(
            extra: [UInt8]?? = nil, index: UInt64? = nil, hashes: [Digest32]? = nil,
            checkpoint: [UInt8]? = nil
        ) throws -> [UInt8] {
            try InclusionReceipt(
                extra: extra ?? good.extra, index: index ?? good.index,
                hashes: hashes ?? good.hashes, checkpoint: checkpoint ?? good.checkpoint
            ).bytes
        }
        let note = try SignedNote(parsing: good.checkpoint)
        switch forgery {
        case .noReceipt: return Array("pay the bearer\n".utf8)
        case .empty: return []
        case .trailingByte: return good.bytes + [0x0A]
        case .otherIndex: return try receipt(index: good.index - 1)
        case .otherHeader: return try receipt(extra: other.extra)
        case .noHeader: return try receipt(extra: .some(nil))
        case .otherProof: return try receipt(hashes: [.zero])
        case .lineBySomebodyElse:
            let line = try #require(
                NoteSignatureLine(name: "pay/the/bearer", keyID: 7, signature: [1, 2, 3]))
            return try receipt(checkpoint: note.adding(line).bytes)
        case .ownNote:
            let line = try #require(
                NoteSignatureLine(name: "chancery.test/g1", keyID: 7, signature: [1, 2, 3]))
            return try receipt(checkpoint: SignedNote(text: note.text, signatures: [line]).bytes)
        }
    }

    /// What a receipt of a generation that ended proves stays proved.
    @Test func aReceiptOfAnEndedGenerationIsSigned() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let receipt = try await fixture.withKeeper { keeper in
            try await ErasureOrders().order(Sample.tag, keeper, type: "Anything").receipt
        }
        try await end(receipt.checkpoint, fixture)
        try await fixture.withKeeper { keeper in
            try await expectSigned(receipt, by: keeper, name: "KEK-API")
        }
    }

    private func end(_ note: [UInt8], _ fixture: KeeperFixture) async throws {
        let keeper = try await fixture.open(recovering: true)
        try await keeper.recoverer.begin(manifest: nil, notes: [note])
        _ = try await keeper.recoverer.end(note: note, keys: .told(keeper), reason: "a test")
        try await keeper.close(anchoring: false)
    }

    @Test func withoutTheTPMItWaits() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keeper = try await fixture.open()
        let receipt = try await ErasureOrders().order(Sample.tag, keeper, type: "Anything").receipt
        fixture.tpm.stop()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await keeper.receiptSigner.sign(receipt.bytes)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.tpm != nil)
        try fixture.tpm.start()
        try await expectSigned(receipt, by: keeper, name: "KEK-API")
        try await keeper.close()
    }
}
