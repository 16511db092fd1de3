import Foundation
import LedgerFormat
import Testing

@testable import LedgerVerification

/// What the system lacks is no word against the evidence, and no number of it ends the tool.
struct SystemLimitTests {
    /// SQLITE_FULL, SQLITE_PROTOCOL: the temporary directory is full, a race for locks was lost.
    @Test(arguments: [Int32(13), 15]) func systemsOwnFaultIsNotBlamedOnTheEvidence(_ code: Int32) {
        let failure = SegmentReader.failure(DatabaseProblem(code: code, message: ""), file: "f")
        #expect(failure.code == .unreadable)
    }

    private static let largeFiles = "/dev/shm"

    /// Three files that claim more bytes together than 64 bits count.
    @Test(
        .enabled(
            if: FileManager.default.isWritableFile(atPath: largeFiles),
            "needs /dev/shm, where sparse files of 2^63-1 bytes can be made"))
    func sparseFilesBeyondAllNumbersDoNotEndTheVerifier() async throws {
        let directory = try #require(mkdtemp(strdup(Self.largeFiles + "/lv-XXXXXX")))
        defer { free(directory) }
        let path = String(cString: directory)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for suffix in ["", "-wal", "-journal"] {
            let file = path + "/" + SegmentSchema.fileName(segment: 1) + suffix
            try #require(FileManager.default.createFile(atPath: file, contents: nil))
            try #require(truncate(file, .max) == 0)
        }
        let report = try await LedgerEvidence(directory: path).verify(trust: nil)
        #expect(report.failure?.code == .unreadable)
        #expect(report.failure?.reason.contains("bytes in") == true)
    }
}
