import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Testing

/// Checkpoints, manifests and the keys that may sign them.
struct TamperedSignatureTests {
    // MARK: - Checkpoints

    /// Offsets from the end of the note: within the signature, and its last character.
    @Test(arguments: [5, 20, 60])
    func oneByteInCheckpointSignatureIsNamed(_ back: Int) async throws {
        let fixture = try LedgerFixture.standard()
        let note = try #require(fixture.notes[5])
        try fixture.flip(1, table: "checkpoint", column: "note", row: 5, at: note.count - back)
        let failure = try #require(await fixture.verify().failure)
        #expect([.checkpointSignature, .checkpointMalformed].contains(failure.code))
        #expect(failure.segment == 1)
        #expect(failure.index == 4)
    }

    @Test func oneByteInCheckpointRootIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        let at = TestKeys.origin.utf8.count + 1 + 2 + 3
        try fixture.flip(1, table: "checkpoint", column: "note", row: 5, at: at)
        #expect(await fixture.failure() == "checkpoint-signature 1/4")
    }

    @Test func correctlySignedOtherRootIsNamed() async throws {
        let fixture = try started()
        let note = try fixture.keys.note(size: 4, root: .zero)
        try fixture.group([.audit(), .audit()], note: note)
        try fixture.close()
        #expect(await fixture.failure() == "root-mismatch 1/3")
    }

    @Test func checkpointOfOtherSizeIsNamed() async throws {
        let fixture = try started()
        try fixture.group([.audit()], note: fixture.notes[2])
        try fixture.close()
        #expect(await fixture.failure() == "checkpoint-malformed 1/2")
    }

    @Test func checkpointOfOtherOriginIsNamed() async throws {
        let fixture = try started()
        let note = try fixture.keys.note(
            size: 3, root: .zero, origin: "other.localhost/g1")
        try fixture.group([.audit()], note: note)
        try fixture.close()
        #expect(await fixture.failure() == "checkpoint-malformed 1/2")
    }

    @Test func groupCheckpointWithSecondLineIsNamed() async throws {
        let fixture = try started()
        let line =
            "— witness.example \(Data([UInt8](repeating: 7, count: 68)).base64EncodedString())\n"
        let copy = try LedgerFixture(keys: fixture.keys)
        try copy.begin()
        try copy.activateKeys()
        try copy.group([.audit()])
        let note = try #require(copy.notes[3]) + Array(line.utf8)
        try fixture.group([.audit()], note: note)
        try fixture.close()
        #expect(await fixture.failure() == "checkpoint-malformed 1/2")
    }

    @Test func missingCheckpointInSealedSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(1) { try $0.execute(sql: "DELETE FROM checkpoint WHERE size = 5") }
        #expect(await fixture.failure() == "checkpoint-missing 1/4")
    }

    @Test func missingCheckpointBeforeLaterOneIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) { try $0.execute(sql: "DELETE FROM checkpoint WHERE size = 15") }
        #expect(await fixture.failure() == "checkpoint-missing 3/14")
    }

    @Test func checkpointAtNoBoundaryIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) { try $0.execute(sql: "DELETE FROM boundary WHERE size = 15") }
        #expect(await fixture.failure() == "checkpoint-malformed 3/14")
    }

    @Test func removedLastBoundaryIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(sql: "DELETE FROM boundary WHERE size = 18")
            try $0.execute(sql: "DELETE FROM checkpoint WHERE size = 18")
            try $0.execute(sql: "DELETE FROM published")
        }
        #expect(await fixture.failure() == "boundary 3/15")
    }

    @Test func oneByteInPublishedCheckpointIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(3, table: "published", column: "note", row: 18, at: 60)
        #expect(await fixture.failure() == "checkpoint-signature 3/17")
    }

    // MARK: - Manifests

    @Test(arguments: [
        "\"count\":", "\"root\":\"", "\"fileHash\":\"", "\"value\":\"", "\"segment\":",
    ])
    func oneByteInManifestIsNamed(_ member: String) async throws {
        let fixture = try LedgerFixture.standard()
        let text = String(decoding: try fixture.bytes(fixture.manifestPath(2)), as: UTF8.self)
        let range = try #require(text.range(of: member))
        let at = text.utf8.distance(from: text.startIndex, to: range.upperBound)
        try fixture.flipByte(of: fixture.manifestPath(2), at: at)
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code.rawValue.hasPrefix("manifest-"), "\(failure)")
        #expect(failure.file == SegmentSchema.manifestName(segment: 2))
    }

    @Test func manifestChainIsChecked() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.seal()
        try fixture.writeManifest(2, previous: .zero)
        #expect(await fixture.failure() == "manifest-chain 2/-")
    }

    /// Signed again, correctly, for a file that was changed after sealing: the SegmentSealed entry pins
    /// the first one.
    @Test func resignedManifestIsFoundBySegmentSealed() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        let path = fixture.manifestPath(1)
        let first = try #require(fixture.manifestHash)
        let again = try fixture.bytes(path)
        let body = try SegmentManifest(parsing: again).body
        let other = try fixture.keys.manifest(
            SegmentManifestBody(
                segment: 1, generation: 1, origin: body.origin, firstIndex: 0, count: body.count,
                firstLeafHash: body.firstLeafHash, lastLeafHash: body.lastLeafHash,
                root: body.root, subjectHeadsRoot: body.subjectHeadsRoot, fileHash: body.fileHash,
                fileSize: body.fileSize, previousManifestHash: nil,
                sealedAt: #require(body.sealedAt.advanced(byMicroseconds: 1))))
        try fixture.write(other.fileBytes(), to: path)
        try fixture.begin()
        try fixture.group([.sealed(1, manifestHash: first)])
        try fixture.close()
        #expect(await fixture.failure() == "segment-sealed 2/2")
    }

    @Test func segmentSealedWithoutManifestIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.manifestPath(2))
        #expect(await fixture.failure() == "segment-sealed 3/14")
    }

    @Test func wrongSubjectHeadsRootIsNamed() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1)])
        try fixture.seal()
        let body = try SegmentManifest(parsing: fixture.bytes(fixture.manifestPath(1))).body
        let other = try fixture.keys.manifest(
            SegmentManifestBody(
                segment: 1, generation: 1, origin: body.origin, firstIndex: 0, count: body.count,
                firstLeafHash: body.firstLeafHash, lastLeafHash: body.lastLeafHash,
                root: body.root, subjectHeadsRoot: .zero, fileHash: body.fileHash,
                fileSize: body.fileSize, previousManifestHash: nil, sealedAt: body.sealedAt))
        try fixture.write(other.fileBytes(), to: fixture.manifestPath(1))
        #expect(await fixture.failure() == "manifest-mismatch 1/-")
    }

    // MARK: - Keys

    @Test func keyOutsideItsRangeDoesNotCount() async throws {
        let fixture = try started()
        try fixture.group([.audit()])
        try fixture.close()
        try fixture.trust([
            fixture.keys.logKey(fromSize: 0, untilSize: 2), fixture.keys.manifestKey(),
        ])
        #expect(await fixture.failure() == "checkpoint-signature 1/2")
    }

    @Test func keyMissingFromTrustFileIsNamed() async throws {
        let other = try TestKeys()
        let fixture = try started()
        try fixture.group([.activated(other.logKey())])
        try fixture.close()
        #expect(await fixture.failure() == "key-unlisted 1/2")
    }

    @Test func keyNeverAnnouncedIsNamed() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.group([.activated(fixture.keys.logKey()), .audit()])
        try fixture.close()
        #expect(await fixture.failure() == "key-unannounced -/-")
    }

    @Test func keyAnnouncedFromAnotherSizeIsNamed() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.group([
            .activated(fixture.keys.logKey(fromSize: 1)), .activated(fixture.keys.manifestKey()),
        ])
        try fixture.close()
        #expect(await fixture.failure() == "key-unlisted 1/0")
    }

    @Test func retirementThatTheTrustFileDoesNotSayIsNamed() async throws {
        let fixture = try started()
        try fixture.group([.retired(fixture.keys.logKey(), untilSize: 3)])
        try fixture.close()
        #expect(await fixture.failure() == "key-retirement 1/2")
    }

    @Test func rotatedKeyHoldsInItsRange() async throws {
        let old = try TestKeys()
        let next = try TestKeys()
        let nextKey = try next.logKey(fromSize: 4)
        let fixture = try LedgerFixture(
            keys: old,
            trusted: [old.logKey(untilSize: 4), nextKey, old.manifestKey()])
        try fixture.begin()
        try fixture.group([.activated(old.logKey()), .activated(old.manifestKey())])
        try fixture.group([.activated(nextKey), .retired(old.logKey(), untilSize: 4)])
        let copy = try LedgerFixture(keys: next, trusted: [nextKey, next.manifestKey()])
        try copy.begin()
        try copy.group([.activated(old.logKey()), .activated(old.manifestKey())])
        try copy.group([.activated(nextKey), .retired(old.logKey(), untilSize: 4)])
        try copy.group([.audit()])
        try fixture.group([.audit()], note: copy.notes[5])
        try fixture.close()
        #expect(await fixture.failure() == "none")
    }

    @Test func strangersLogKeyIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust([try TestKeys().logKey(), fixture.keys.manifestKey()])
        // The ledger announces another key than the one that is trusted.
        #expect(await fixture.failure() == "key-unlisted 1/0")
    }

    private func started() throws -> LedgerFixture {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        return fixture
    }
}
