import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// `chancery-verify` as an auditor runs it: its exit codes and its JSON are a contract.
struct CommandTests {
    struct Document: Decodable {
        struct Ledger: Decodable {
            let path: String
            let report: VerificationReport
        }

        let format: String
        let outcome: String
        let exitCode: Int32
        let ledgers: [Ledger]
        let failure: VerificationFailure?
    }

    @Test func dataDirectoryIsVerifiedAndCautionGiven() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output) = try run([fixture.directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("CAUTION"))
        #expect(output.contains(fixture.frontier.root.hex))
    }

    @Test func jsonSaysWhatWasVerified() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output) = try run([
            fixture.ledger, "--trust", fixture.trustPath, "--json",
        ])
        let document = try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        #expect(status == 0)
        #expect(document.format == "chancery-verify/1")
        #expect(document.outcome == "verified")
        #expect(document.ledgers.first?.report.entries == fixture.frontier.size)
        #expect(document.ledgers.first?.report.root == fixture.frontier.root.hex)
    }

    @Test func tamperedEntryEndsWithOneAndIsNamed() throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(1, table: "entry", column: "payload", row: 3, at: 10)
        let (status, output) = try run([fixture.directory.path, "--json"])
        let document = try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        #expect(status == 1)
        #expect(document.exitCode == 1)
        #expect(document.failure?.segment == 1)
        #expect(document.failure?.index == 3)
        #expect(document.failure?.code == .payloadHash)
        let (_, text) = try run([fixture.directory.path])
        #expect(text.contains("segment 1, entry 3"))
    }

    @Test(arguments: [[], ["--bogus"], ["/does/not/exist"]])
    func wrongUsageEndsWithTwo(_ arguments: [String]) throws {
        #expect(try run(arguments).status == 2)
    }

    @Test func unreadableTrustFileEndsWithTwo() throws {
        let fixture = try LedgerFixture.standard()
        #expect(try run([fixture.ledger, "--trust", "/does/not/exist"]).status == 2)
    }

    @Test func missingTrustFileEndsWithThree() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output) = try run([fixture.ledger])
        #expect(status == 3)
        #expect(output.contains("not checked"))
    }

    @Test func partialEvidenceEndsWithThree() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output) = try run([fixture.path(2), "--trust", fixture.trustPath])
        #expect(status == 3, "\(output)")
    }

    @Test func receiptIsVerifiedAndQuietSaysNothing() throws {
        let fixture = try LedgerFixture.standard()
        let path = fixture.directory.file("receipt")
        try fixture.write(ReceiptVerifierTests.receipt(fixture, index: 3, size: 14), to: path)
        let (status, output) = try run([path, "--trust", fixture.trustPath, "--quiet"])
        #expect(status == 0)
        #expect(output.isEmpty)
        #expect(try run([path, "--quiet"]).status == 3)
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        // Built beside the tests.
        let directory = URL(fileURLWithPath: try Test.unwrap(CommandLine.arguments.first))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = directory.appendingPathComponent("chancery-verify")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
