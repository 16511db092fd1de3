import CTSS2
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// The TPM's line of published checkpoints.
@Suite struct PublishedSignerTests {
    private func keys(_ keeper: KeyCustodian) async throws -> [NoteKey] {
        try await keeper.publicKeys().keys.filter { $0.use == "checkpoint" }.compactMap { key in
            key.algorithm == "Ed25519"
                ? .ed25519(name: key.name, publicKey: key.publicKey)
                : .ecdsaP256(name: key.name, spki: key.publicKey)
        }
    }

    private func extend(
        _ keeper: KeyCustodian, _ range: Range<Int>, generation: UInt64 = 1
    ) async throws -> [UInt8] {
        try await keeper.treeSigner.extend(
            generation: generation, fromSize: UInt64(range.lowerBound),
            leafHashes: Sample.leaves(range))
    }

    @Test func theTPMsLineStandsBesideTheLogKeys() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let group = try await extend(keeper, 0..<5)
            _ = try await extend(keeper, 5..<9)
            let note = try await keeper.publishedSigner.sign(generation: 1, size: 5)
            let keys = try await keys(keeper)
            #expect(keys.count == 2)
            #expect(keys.allSatisfy { $0.name == "chancery.test/g1" })
            let verified = try SignedNote(parsing: note).verified(by: keys)
            #expect(verified.signers == keys)
            let root = MerkleTree.root(ofLeaves: try Sample.leaves(0..<5))
            #expect(
                try Checkpoint(parsing: verified.text)
                    == Checkpoint(origin: "chancery.test/g1", size: 5, root: root))
            // The log key's line is the one that the group has, byte for byte.
            #expect(note.starts(with: group))
        }
    }

    /// The keeper's own record decides, whatever the ledger asks for.
    @Test(arguments: [(1, 4, "equivocation"), (1, 6, "equivocation"), (2, 5, "invalid")])
    func onlyWhatWasSignedIsSignedAgain(
        generation: UInt64, size: UInt64, code: String
    ) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await extend(keeper, 0..<5)
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.publishedSigner.sign(generation: generation, size: size)
            }
            #expect(error?.code.rawValue == code)
        }
    }

    @Test func theKeyOutlivesErasuresAndRestarts() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let orders = ErasureOrders()
        let before = try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            _ = try await keeper.eraser.erase([try await orders.order(tag, keeper)])
            return try await keys(keeper)
        }
        try await fixture.withKeeper { keeper in
            let after = try await keys(keeper)
            #expect(after == before)
            let note = try await keeper.publishedSigner.sign(generation: 1, size: 1)
            #expect(try SignedNote(parsing: note).verified(by: after).signers.count == 2)
        }
    }

    @Test func withoutTheTPMOnlyThisWaits() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keeper = try await fixture.open()
        _ = try await extend(keeper, 0..<5)
        fixture.tpm.stop()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await keeper.publishedSigner.sign(generation: 1, size: 5)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.tpm != nil)
        _ = try await extend(keeper, 5..<6)
        try fixture.tpm.start()
        _ = try await keeper.publishedSigner.sign(generation: 1, size: 6)
        try await keeper.close()
    }

    // MARK: - The key itself

    @Test func itNeverLeavesTheTPMAndNeedsItsAuthorization() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let key = try await device.makeKeys().checkpoint
        _ = try await device.sign([1, 2, 3], with: key)
        let guessed = try #require(
            ResidentKey(
                .p256, authorization: .random(count: 32), publicArea: key.publicArea,
                privateArea: key.privateArea))
        for _ in 0..<8 {
            let error = await #expect(throws: TPMError.self) {
                _ = try await device.sign([1, 2, 3], with: guessed)
            }
            #expect(error?.code == .lockedOut)
        }
        // Guesses do not lock the TPM, and leave nothing in its slots.
        _ = try await device.sign([1, 2, 3], with: key)
        let attributes = TPMTemplates.signingKey(.p256).publicArea.objectAttributes
        for wanted in [
            TPMA_OBJECT_FIXEDTPM, TPMA_OBJECT_FIXEDPARENT, TPMA_OBJECT_SENSITIVEDATAORIGIN,
            TPMA_OBJECT_NODA, TPMA_OBJECT_USERWITHAUTH, TPMA_OBJECT_SIGN_ENCRYPT,
        ] { #expect(attributes & TPMA_OBJECT(wanted) != 0) }
        #expect(attributes & TPMA_OBJECT(TPMA_OBJECT_RESTRICTED) == 0)
    }

    @Test func anotherTPMCannotSignWithIt() async throws {
        let fixture = try await KeeperFixture.empty()
        let key = try await fixture.tpm.device().makeKeys().checkpoint
        let other = try SoftwareTPM.manufacture(in: fixture.home + "/other")
        try other.start()
        let error = await #expect(throws: TPMError.self) {
            _ = try await other.device().sign([1], with: key)
        }
        #expect(error?.code == .foreign)
    }

    /// A key that could be moved to another TPM, or that somebody brought along, is none.
    @Test(arguments: [
        TPMA_OBJECT_FIXEDTPM, TPMA_OBJECT_FIXEDPARENT, TPMA_OBJECT_SENSITIVEDATAORIGIN,
    ])
    func aKeyOfOtherAttributesIsRefused(missing: UInt32) async throws {
        let fixture = try await KeeperFixture.empty()
        let key = try await fixture.tpm.device().makeKeys().checkpoint
        // TPM2B_PUBLIC: size, type and nameAlg of two bytes each, then the attributes.
        var area = key.publicArea
        let attributes = area[6..<10].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(attributes & UInt32(missing) != 0)
        withUnsafeBytes(of: (attributes & ~UInt32(missing)).bigEndian) { bytes in
            for (offset, byte) in bytes.enumerated() { area[6 + offset] = byte }
        }
        let made = ResidentKey(
            .p256, authorization: key.authorization, publicArea: area,
            privateArea: key.privateArea)
        #expect(made == nil)
    }

    @Test func storedKeysReadBackAndNothingElseDoes() async throws {
        let fixture = try await KeeperFixture.empty()
        let key = try await fixture.tpm.device().makeKeys().checkpoint
        let stored = key.stored.bytes
        func read(_ bytes: [UInt8]) -> ResidentKey? {
            ResidentKey(.p256, stored: bytes.withUnsafeBytes { SecretBytes(copying: $0) })
        }
        let again = try #require(read(stored))
        #expect(again.spki == key.spki && again.authorization.bytes == key.authorization.bytes)
        for length in [0, 31, 32, 35, 36, 60] { #expect(read(Array(stored.prefix(length))) == nil) }
        var huge = stored
        for offset in 32..<36 { huge[offset] = 0xFF }
        #expect(read(huge) == nil)
    }
}
