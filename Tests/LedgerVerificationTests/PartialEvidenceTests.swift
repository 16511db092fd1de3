import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// What cannot be checked is said, and everything else is checked.
struct PartialEvidenceTests {
    @Test func laterSegmentAloneIsVerifiedInPart() async throws {
        let fixture = try LedgerFixture.standard()
        let report = try await LedgerEvidence(files: [fixture.path(2)]).verify(trust: fixture.trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.entries == 6)
        #expect(report.root == nil)
        #expect(report.notChecked.contains { $0.contains("segment 2") })
    }

    @Test func firstSegmentAloneIsVerified() async throws {
        let fixture = try LedgerFixture.standard()
        let report = try await LedgerEvidence(files: [fixture.path(1)]).verify(trust: fixture.trust)
        #expect(report.outcome == .verified)
        #expect(report.root != nil)
    }

    @Test func gapBetweenFilesIsSaid() async throws {
        let fixture = try LedgerFixture.standard()
        let report = try await LedgerEvidence(files: [fixture.path(3), fixture.path(1)])
            .verify(trust: fixture.trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.notChecked.contains { $0.hasPrefix("segment 2: not part") })
        #expect(report.entries == 12)
    }

    /// What lies before a gap is judged before it is left.
    @Test func unlistedKeyBeforeGapIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust([fixture.keys.logKey()])
        let report = try await LedgerEvidence(files: [fixture.path(1), fixture.path(3)])
            .verify(trust: fixture.trust)
        #expect(report.failure?.code == .manifestSignature || report.failure?.code == .keyUnlisted)
        // Without manifests, only the entry tells.
        let bare = fixture.directory.file("bare")
        try FileManager.default.createDirectory(atPath: bare, withIntermediateDirectories: true)
        var files: [String] = []
        for number in [UInt64(1), 3] {
            files.append(bare + "/" + SegmentSchema.fileName(segment: number))
            try fixture.write(fixture.bytes(fixture.path(number)), to: files[files.count - 1])
        }
        let failure = try await LedgerEvidence(files: files).verify(trust: fixture.trust).failure
        #expect(failure?.code == .keyUnlisted)
        #expect(failure?.index == 1)
    }

    @Test(arguments: [UInt64(0), 7, 8])
    func segmentThatOverlapsWhatLiesBeforeTheGapIsRefused(_ first: UInt64) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(
                sql: "UPDATE segment SET first_index = ?, previous = ?",
                arguments: [first, first == 0 ? nil : Data(repeating: 1, count: 32)])
        }
        let report = try await LedgerEvidence(files: [fixture.path(1), fixture.path(3)])
            .verify(trust: fixture.trust)
        #expect(report.failure?.code == .indexGap)
        #expect(report.failure?.segment == 3)
    }

    @Test func generationThatGoesBackBehindAGapIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust(
            generations: [1, 2], keys: [fixture.keys.logKey(), fixture.keys.manifestKey()])
        try fixture.rewrite(1) { try $0.execute(sql: "UPDATE segment SET generation = 2") }
        try FileManager.default.removeItem(atPath: fixture.manifestPath(1))
        var verifier = LedgerVerifier(trust: nil, allowsGaps: true)
        _ = try? await verifier.verify(
            UnverifiedSegment(number: 1, path: fixture.path(1), manifestPath: nil))
        let failure = await #expect(throws: VerificationFailure.self) {
            try await verifier.verify(
                UnverifiedSegment(number: 3, path: fixture.path(3), manifestPath: nil))
        }
        #expect(failure?.code == .foreignSegment)
    }

    /// A ledger that runs: the seal's last step came after the directory was listed.
    @Test(arguments: [true, false])
    func finalFileWithoutManifestIsASealUnderWay(_ appears: Bool) async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.group([.audit()])
        try fixture.close()
        var verifier = LedgerVerifier(trust: fixture.trust)
        for number in [UInt64(1), 2] {
            _ = try await verifier.verify(
                UnverifiedSegment(number: number, path: fixture.path(number), manifestPath: nil))
        }
        try verifier.finish { _ in appears ? fixture.manifestHash : nil }
        let seal = verifier.notChecked.filter { $0.hasPrefix("the seal of segment 1") }
        // That a manifest appeared is not that it was checked.
        #expect(seal.count == 1)
        #expect(seal.contains { $0.contains("appeared") } == appears)
    }

    @Test(arguments: [false, true])
    func removedLastManifestIsFoundAmongFiles(_ isLast: Bool) async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.manifestPath(2))
        let files = isLast ? [UInt64(1), 2] : [1, 2, 3]
        let report = try await LedgerEvidence(files: files.map { fixture.path($0) })
            .verify(trust: fixture.trust)
        // The last file is a final one without manifest; in the other case its successor says so.
        #expect(report.failure?.code == (isLast ? .manifestMissing : .segmentSealed))
    }

    /// What the segments that are not here say of keys is not known.
    @Test func keyAnnouncedInALaterSegmentIsNotMissedInAnEarlierOne() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        let next = try TestKeys().logKey(fromSize: 1_000)
        try fixture.group([.activated(next)])
        try fixture.close()
        try fixture.trust([fixture.keys.logKey(), fixture.keys.manifestKey(), next])
        #expect(await fixture.failure() == "none")
        let report = try await LedgerEvidence(files: [fixture.path(1)]).verify(trust: fixture.trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.notChecked.contains { $0.contains("every key of the trust file") })
    }

    @Test(arguments: ["payload", "header"])
    func tamperedEntryIsFoundInPartialEvidence(_ column: String) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(2, table: "entry", column: column, row: 10, at: 12)
        let report = try await LedgerEvidence(files: [fixture.path(2)]).verify(trust: fixture.trust)
        #expect(report.failure?.segment == 2)
        #expect(report.outcome == .failed)
    }

    @Test func tamperedSignatureIsFoundInPartialEvidence() async throws {
        let fixture = try LedgerFixture.standard()
        let note = try #require(fixture.notes[12])
        try fixture.flip(2, table: "checkpoint", column: "note", row: 12, at: note.count - 20)
        let report = try await LedgerEvidence(files: [fixture.path(2)]).verify(trust: fixture.trust)
        #expect(report.failure?.code == .checkpointSignature)
    }

    @Test func withoutTrustFileSignaturesAreReportedUnchecked() async throws {
        let fixture = try LedgerFixture.standard()
        let report = await fixture.verify(trust: .some(nil))
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.notChecked.contains { $0.contains("signatures") })
    }

    @Test func withoutTrustFileRootsAreStillChecked() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        let note = try fixture.keys.note(size: 3, root: .zero)
        try fixture.group([.audit()], note: note)
        try fixture.close()
        #expect(await fixture.verify(trust: .some(nil)).failure?.code == .rootMismatch)
    }

    /// As on read-only media: SQLite cannot make its shared-memory file.
    @Test func activeSegmentThatCannotBeOpenedInPlaceIsCopied() async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.createSymbolicLink(
            atPath: fixture.path(3) + "-shm", withDestinationPath: "nowhere")
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.entries == fixture.frontier.size)
        #expect(report.notes.contains { $0.contains("copied") })
    }

    @Test func unreadableTrustFileIsToldApart() throws {
        let directory = try TemporaryDirectory()
        let missing = #expect(throws: VerificationFailure.self) {
            try TrustSource.read(path: directory.file("none.json"))
        }
        #expect(missing?.code == .unreadable)
        let path = directory.file("trust.json")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        let malformed = #expect(throws: VerificationFailure.self) {
            try TrustSource.read(path: path)
        }
        #expect(malformed?.code == .trustFile)
    }
}
