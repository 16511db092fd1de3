import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// Which key signs which size, and that the private half of a retired one is gone, also from copies.
@Suite struct KeyRotatorTests {
    private func extend(_ keeper: KeyCustodian, _ range: Range<Int>) async throws -> [UInt8] {
        try await keeper.treeSigner.extend(
            generation: 1, fromSize: UInt64(range.lowerBound),
            leafHashes: try Sample.leaves(range))
    }

    private func logKeys(_ keeper: KeyCustodian) async throws -> [PublicKeyRecord] {
        try await keeper.publicKeys().keys.filter {
            $0.use == "checkpoint" && $0.algorithm == "Ed25519"
        }
    }

    /// Which of the log keys signed it.
    private func signer(_ note: [UInt8], _ keys: [PublicKeyRecord]) throws -> Int? {
        try keys.firstIndex { key in
            let noteKey = try #require(NoteKey.ed25519(name: key.name, publicKey: key.publicKey))
            return (try? SignedNote(parsing: note).verified(by: [noteKey])) != nil
        }
    }

    @Test func theOldKeySignsUntilItIsRetiredAndTheSameBytesComeOutUntilItIsDestroyed() async throws
    {
        let fixture = try await KeeperFixture.provisioned()
        let last = try await fixture.withKeeper { keeper in
            let first = try await extend(keeper, 0..<3)
            try await keeper.rotator.begin(.checkpoint)
            try await keeper.rotator.begin(.checkpoint)
            let between = try await extend(keeper, 3..<5)
            var keys = try await logKeys(keeper)
            #expect(keys.map(\.fromSize) == [0, 4] && keys.map(\.untilSize) == [nil, nil])
            #expect(try signer(between, keys) == 0)
            try await keeper.rotator.retire(.checkpoint)
            try await keeper.rotator.retire(.checkpoint)
            let last = try await extend(keeper, 5..<7)
            keys = try await logKeys(keeper)
            #expect(keys.map(\.untilSize) == [5, nil])
            #expect(try signer(last, keys) == 1)
            #expect(try await keeper.treeSigner.resign(generation: 1, size: 3) == first)
            #expect(try await keeper.treeSigner.resign(generation: 1, size: 5) == between)
            return last
        }
        try await fixture.withKeeper { keeper in
            #expect(try await keeper.treeSigner.resign(generation: 1, size: 7) == last)
            try await keeper.rotator.destroy(.checkpoint)
            #expect(try await logKeys(keeper).map(\.isDestroyed) == [true, false])
            // Nor does another sign what it signed: that would be other bytes.
            for size: UInt64 in [3, 5] {
                let refusal = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.treeSigner.resign(generation: 1, size: size)
                }
                #expect(refusal?.message.contains("destroyed") == true)
            }
            #expect(try await keeper.treeSigner.resign(generation: 1, size: 7) == last)
            // A second rotation follows the first.
            try await keeper.rotator.begin(.checkpoint)
            _ = try await extend(keeper, 7..<8)
            try await keeper.rotator.retire(.checkpoint)
            try await keeper.rotator.destroy(.checkpoint)
            #expect(try await logKeys(keeper).map(\.untilSize) == [5, 8, nil])
        }
    }

    /// A key that nobody announced yet must not take over.
    @Test func aSuccessorDoesNotSignBeforeAnythingWasSignedAfterIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await extend(keeper, 0..<3)
            try await keeper.rotator.begin(.checkpoint)
            let refusal = await #expect(throws: KeyCustodyError.self) {
                try await keeper.rotator.retire(.checkpoint)
            }
            #expect(refusal?.code == .invalid)
            #expect(try await logKeys(keeper).map(\.untilSize) == [nil, nil])
        }
    }

    /// In the keystore it is gone; a copy of before opens under no root that the TPM would give.
    @Test(arguments: KeyRotator.Use.allCases)
    func theOldPrivateHalfIsGoneFromCopiesToo(use: KeyRotator.Use) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let epoch = try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(Sample.tag)])
            _ = try await extend(keeper, 0..<3)
            return try await keeper.counterValues().epoch
        }
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/copy")
        try await fixture.withKeeper { keeper in
            try await keeper.rotator.begin(use)
            _ = try await extend(keeper, 3..<4)
            try await keeper.rotator.retire(use)
            try await keeper.rotator.destroy(use)
            #expect(try await keeper.counterValues().epoch == epoch + 1)
            try await keeper.rotator.destroy(use)
            #expect(try await keeper.counterValues().epoch == epoch + 1)
            // Nobody else is touched.
            _ = try await keeper.sealed([.sample(Sample.tag)])
        }
        try await fixture.withKeeper { _ = try await extend($0, 4..<5) }
        let wrapped = try fixture.blob(
            "SELECT wrapped FROM kek WHERE use = '\(use.rawValue)' AND serial = 1")
        #expect(wrapped.count == KeyWrap.overhead)
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.moveItem(atPath: fixture.home + "/copy", toPath: fixture.keys)
        await #expect(throws: KeyCustodyError.self) {
            _ = try await fixture.open(recovering: true)
        }
    }

    /// The row of a destroyed key says still what it counted for.
    @Test func aDestroyedKeysRowCannotBeAltered() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await extend(keeper, 0..<3)
            try await keeper.rotator.begin(.checkpoint)
            _ = try await extend(keeper, 3..<4)
            try await keeper.rotator.retire(.checkpoint)
            try await keeper.rotator.destroy(.checkpoint)
        }
        try fixture.tamper("UPDATE kek SET until_size = 9 WHERE use = 'checkpoint' AND serial = 1")
        await #expect {
            _ = try await fixture.open()
        } throws: { error in
            (error as? KeyCustodyError)?.message.contains("altered") == true
        }
    }

    @Test func anotherDayKeyTakesOver() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let before = try await keeper.sealed([.sample(Sample.tag)])
            let id = try await keeper.rotateDayKey()
            #expect(id == "DEK-20261123.120001")
            let after = try await keeper.sealed([.sample(Sample.tag)])
            #expect(before.map(\.keyId) == ["DEK-20261123"] && after.map(\.keyId) == [id])
            let again = try await keeper.rotateDayKey()
            #expect(again > id)
            let days = try await keeper.publicKeys().dayKeys
            #expect(days == DayKeys(active: again, oldest: "DEK-20261123", count: 3))
        }
        try await fixture.withKeeper { keeper in
            let sealed = try await keeper.sealed([.sample(Sample.tag)])
            #expect(sealed.map(\.keyId) == ["DEK-20261123.120002"])
        }
    }
}
