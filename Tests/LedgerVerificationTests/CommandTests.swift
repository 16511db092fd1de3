import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
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
        let (status, output, _) = try run([fixture.directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("CAUTION"))
        #expect(output.contains(fixture.frontier.root.hex))
    }

    @Test func attestedSealsAreToldAndTamperedOnesNamed() throws {
        let fixture = try LedgerFixture.standard(tpm: TestTPM())
        let arguments = [fixture.ledger, "--trust", fixture.trustPath]
        let (status, output, _) = try run(arguments)
        #expect(status == 0, "\(output)")
        #expect(output.contains("2 sealed, 2 attested by a TPM"))
        #expect(output.contains("attestation ECDSA-P256-SHA256"))
        let json = try JSONDecoder().decode(
            Document.self, from: Data(try run(arguments + ["--json"]).output.utf8))
        #expect(json.ledgers.first?.report.attestedSegments == 2)
        let manifest = try SegmentManifest(parsing: fixture.bytes(fixture.manifestPath(2)))
        let stripped = SegmentManifest(body: manifest.body, signature: manifest.signature)
        try fixture.write(stripped.fileBytes(), to: fixture.manifestPath(2))
        let failed = try run(arguments)
        #expect(failed.status == 1)
        #expect(failed.output.contains("attestation-missing"))
    }

    @Test func jsonSaysWhatWasVerified() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output, _) = try run([
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
        let (status, output, _) = try run([fixture.directory.path, "--json"])
        let document = try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        #expect(status == 1)
        #expect(document.exitCode == 1)
        #expect(document.failure?.segment == 1)
        #expect(document.failure?.index == 3)
        #expect(document.failure?.code == .payloadHash)
        let text = try run([fixture.directory.path])
        #expect(text.output.contains("segment 1, entry 3"))
    }

    @Test(arguments: [[], ["--bogus"], ["/does/not/exist"]])
    func wrongUsageEndsWithTwo(_ arguments: [String]) throws {
        #expect(try run(arguments).status == 2)
    }

    @Test func unreadableTrustFileEndsWithTwo() throws {
        let fixture = try LedgerFixture.standard()
        #expect(try run([fixture.ledger, "--trust", "/does/not/exist"]).status == 2)
    }

    @Test func activeSegmentThatCannotBeReadEndsWithTwo() throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.path(3))
        try FileManager.default.createDirectory(
            atPath: fixture.path(3), withIntermediateDirectories: false)
        #expect(try run([fixture.ledger, "--trust", fixture.trustPath]).status == 2)
    }

    @Test func generationThatTheTrustFileLacksEndsWithOne() throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust(
            generations: [2], keys: [fixture.keys.logKey(), fixture.keys.manifestKey()])
        #expect(try run([fixture.ledger, "--trust", fixture.trustPath]).status == 1)
    }

    @Test func unsignedTailEndsWithThree() throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.audit()], signed: false)
        try fixture.close()
        let (status, output, _) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 3)
        #expect(output.contains("not yet covered by a signed checkpoint"))
    }

    /// Keys that came with the evidence: said where nobody reads a summary.
    @Test(arguments: ["--json", "--quiet"])
    func cautionIsGivenWithoutASummary(_ option: String) throws {
        let fixture = try LedgerFixture.standard()
        let own = try run([fixture.directory.path, option])
        #expect(own.status == 0)
        #expect(own.errors.contains("CAUTION"))
        let given = try run([fixture.directory.path, option, "--trust", fixture.trustPath])
        #expect(given.status == 0)
        #expect(given.errors.isEmpty)
        if option == "--json" { #expect(own.output.contains("\"caution\"")) }
    }

    /// Keys of one directory speak for that directory alone, in whatever order others are named.
    @Test func keysOfADataDirectorySpeakForNothingElse() throws {
        let fixture = try LedgerFixture.standard()
        let other = try LedgerFixture.standard()
        let others = [
            other.ledger, other.directory.path, other.path(1), "http://127.0.0.1:1/ledger/",
        ]
        for path in others {
            for arguments in [[fixture.directory.path, path], [path, fixture.directory.path]] {
                let (_, output, _) = try run(arguments + ["--json"])
                #expect(!output.contains("cameWithEvidence"), "\(arguments)")
            }
        }
        let receipt = fixture.directory.file("receipt")
        try fixture.write(ReceiptVerifierTests.receipt(fixture, index: 3, size: 14), to: receipt)
        #expect(try run([receipt, fixture.directory.path]).status == 0)
    }

    @Test func receiptAndLedgerAreCompared() throws {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(keys: keys)
        let other = try LedgerFixture(keys: keys)
        for (ledger, subject) in [(fixture, UInt8(1)), (other, 2)] {
            try ledger.begin()
            try ledger.activateKeys()
            try ledger.group([.subject(subject)])
            try ledger.close()
        }
        let path = fixture.directory.file("receipt")
        let proof = fixture.directory.file("proof")
        let arguments = [fixture.ledger, path, "--trust", fixture.trustPath]
        try fixture.write(ReceiptVerifierTests.receipt(fixture, index: 2, size: 3), to: path)
        #expect(try run(arguments).status == 0)
        try fixture.write(ReceiptVerifierTests.receipt(other, index: 2, size: 3), to: path)
        #expect(try run([path, "--trust", fixture.trustPath]).status == 0)
        let compared = try run(arguments)
        #expect(compared.status == 1)
        #expect(compared.output.contains("receipt-mismatch"))
        // A proof without its header: alone in part, with the ledger or the header in full.
        try fixture.write(
            ReceiptVerifierTests.receipt(fixture, index: 2, size: 3, extra: false), to: proof)
        #expect(try run([proof, "--trust", fixture.trustPath]).status == 3)
        #expect(try run([proof, fixture.ledger, "--trust", fixture.trustPath]).status == 0)
        let header = fixture.directory.file("header")
        try fixture.write(fixture.headers[2], to: header)
        #expect(
            try run([proof, "--header", header, "--trust", fixture.trustPath]).status == 0)
    }

    /// By a real server of static files, which is all that a published tree needs.
    @Test func publishedTreeIsVerifiedOverHTTP() throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group((0..<300).map { .subject(UInt8($0 % 200)) })
        try fixture.close()
        let root = fixture.directory.file("published")
        for (path, bytes) in try PublishedFiles.of(fixture, size: 302) {
            let file = URL(fileURLWithPath: root).appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let server = try FileServer(directory: root)
        defer { server.stop() }
        let trust = ["--trust", fixture.trustPath]
        let (status, output, errors) = try run([server.address] + trust)
        #expect(status == 0, "\(output)\(errors)")
        #expect(output.contains(fixture.frontier.root.hex))
        #expect(try run([server.address]).status == 3)
        // A token is worth stealing: never without TLS.
        let token = fixture.directory.file("token")
        try fixture.write(Array("secret".utf8), to: token)
        let refused = try run([server.address, "--token-file", token] + trust)
        #expect(refused.status == 2)
        #expect(!refused.output.contains("secret") && !refused.errors.contains("secret"))
        #expect(try run([server.address + "nothing/here/"] + trust).status == 2)
        try fixture.flipByte(of: root + "/tile/0/000", at: 99)
        let tampered = try run([server.address, "--json"] + trust)
        #expect(tampered.status == 1)
        #expect(tampered.output.contains("tile/0/000"))
        server.stop()
        #expect(try run([server.address] + trust).status == 2)
    }

    /// A name that is written from right to left could be read as another.
    @Test(arguments: ["\u{202E}", "\u{2066}", "\u{1B}[2J", "\u{85}", "\u{2028}"])
    func namesThatTurnTheTerminalAreShownAsSuch(_ name: String) throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write([1], to: fixture.ledger + "/" + name)
        let (_, output, _) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(output.contains("\u{FFFD}"))
        #expect(!output.unicodeScalars.contains { name.unicodeScalars.first == $0 })
    }

    @Test func missingTrustFileEndsWithThree() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output, _) = try run([fixture.ledger])
        #expect(status == 3)
        #expect(output.contains("not checked"))
    }

    @Test func partialEvidenceEndsWithThree() throws {
        let fixture = try LedgerFixture.standard()
        let (status, output, _) = try run([fixture.path(2), "--trust", fixture.trustPath])
        #expect(status == 3, "\(output)")
    }

    @Test func receiptIsVerifiedAndQuietSaysNothing() throws {
        let fixture = try LedgerFixture.standard()
        let path = fixture.directory.file("receipt")
        try fixture.write(ReceiptVerifierTests.receipt(fixture, index: 3, size: 14), to: path)
        let (status, output, _) = try run([path, "--trust", fixture.trustPath, "--quiet"])
        #expect(status == 0)
        #expect(output.isEmpty)
        #expect(try run([path, "--quiet"]).status == 3)
    }

    func run(
        _ arguments: [String]
    ) throws -> (status: Int32, output: String, errors: String) {
        // Built beside the tests.
        let directory = URL(fileURLWithPath: try Test.unwrap(CommandLine.arguments.first))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = directory.appendingPathComponent("chancery-verify")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        // A few lines at most: a pipe holds them until the process has ended.
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        return (
            process.terminationStatus, String(decoding: data, as: UTF8.self),
            String(decoding: said, as: UTF8.self)
        )
    }
}
