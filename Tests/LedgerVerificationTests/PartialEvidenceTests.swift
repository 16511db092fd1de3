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
