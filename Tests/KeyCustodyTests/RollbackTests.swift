import Foundation
import Testing

@testable import KeyCustody

/// A data directory and its TPM belong to the same moment; a keeper that finds otherwise signs nothing.
@Suite struct RollbackTests {
    private func expectRefusal(
        _ open: () async throws -> Void, _ words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: KeyCustodyError.self, sourceLocation: sourceLocation) {
            try await open()
        }
        #expect(error?.code == .equivocation, sourceLocation: sourceLocation)
        #expect(error?.message.contains(words) == true, sourceLocation: sourceLocation)
    }

    private func replace(_ path: String, with copy: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: copy, toPath: path)
    }

    @Test func keysOlderThanTheirTPMAreRefusedNamingBothCounters() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/copy")
        try await fixture.withKeeper { _ in }
        try replace(fixture.keys, with: fixture.home + "/copy")
        await expectRefusal({ _ = try await fixture.open() }, "older than its TPM")
    }

    @Test func aTPMOlderThanItsKeysIsRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.tpm.stop()
        try FileManager.default.copyItem(
            atPath: fixture.tpm.directory, toPath: fixture.home + "/copy")
        try fixture.tpm.start()
        try await fixture.withKeeper { _ in }
        fixture.tpm.stop()
        try replace(fixture.tpm.directory, with: fixture.home + "/copy")
        try fixture.tpm.start()
        await expectRefusal({ _ = try await fixture.open() }, "newer than its TPM")
    }

    /// Both run; each holds the lock of its own directory.
    @Test func aCopyBesideTheOriginalIsSeenByTheFirstThatAnchorsAgain() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/copy")
        let copy = try await KeyCustodian.open(
            directory: fixture.home + "/copy", logName: KeeperFixture.logName,
            tpm: fixture.tpm.device(), clock: fixture.clock.clock)
        await expectRefusal({ _ = try await fixture.open() }, "a copy of it has been running")
        try await copy.anchorer.move()
        try await copy.close()
    }

    @Test func aKeeperThatWasKilledStartsAgain() async throws {
        let fixture = try await KeeperFixture.provisioned()
        for _ in 0..<3 {
            let keeper = try await fixture.open()
            try await keeper.anchorer.move()
            // No clean stop: the keystore is closed, the anchor stays where it was.
            try await keeper.keystore.close()
            keeper.lock.release()
        }
        try await fixture.withKeeper { _ in }
    }

    /// The value is in the keystore before the TPM counts.
    @Test func anAnchorThatACrashInterruptedIsNoRollback() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            try await keeper.anchorer.move()
        }
        let keeper = try await fixture.open()
        try await keeper.keystore.commit { db in
            var record = try CounterRecord.of(.anchor, db, keeper.hierarchy.seal)
            record.move(to: record.intended + 1)
            try record.save(db, keeper.hierarchy.seal)
        }
        try await keeper.keystore.close()
        keeper.lock.release()
        try await fixture.withKeeper { _ in }
    }

    @Test func anAlteredCounterRowIsRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try fixture.tamper("UPDATE counter SET intended = intended + 1 WHERE purpose = 'anchor'")
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .corrupt)
    }

    @Test func aClearedTPMIsNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.tpm.stop()
        try FileManager.default.removeItem(atPath: fixture.tpm.directory)
        let fresh = try SoftwareTPM.manufacture(in: fixture.tpm.directory)
        try fresh.start()
        defer { fresh.stop() }
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.tpm?.code == .foreign)
    }
}
