import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
import Testing

/// The verifier in Tests/Vectors was written from FORMAT.md alone; it must come to the same answer.
struct PythonVerifierTests {
    struct Answer: Decodable {
        let ok: Bool
        var entries: UInt64?
        var segments: Int?
        var root: String?
        var notes: [String]?
        var reason: String?
        var segment: UInt64?
        var index: UInt64?
    }

    @Test func pythonAgreesOnIntactLedger() async throws {
        let fixture = try LedgerFixture.standard()
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        let report = await fixture.verify()
        #expect(status == 0, "\(answer.reason ?? "")")
        #expect(answer.ok)
        #expect(answer.entries == report.entries)
        #expect(answer.root == report.root)
        #expect(answer.segments == report.segments)
    }

    @Test func pythonAgreesOnAttestedSeals() async throws {
        let fixture = try LedgerFixture.standard(tpm: TestTPM())
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 0, "\(answer.reason ?? "")")
        #expect(answer.notes == [])
        let unattested = try LedgerFixture.standard()
        let other = try run([unattested.ledger, "--trust", unattested.trustPath])
        #expect(other.status == 0)
        #expect(other.answer.notes?.count == 2)
    }

    @Test(arguments: [1, 2]) func pythonSaysWhatNoHeadsPin(generations: Int) throws {
        let fixture = try SubjectGenerationTests.ledger(generations: generations)
        let path = fixture.directory.file("subject.json")
        try fixture.write(SubjectGenerationTests.document(fixture), to: path)
        let (status, answer) = try run(["--subject", path, "--trust", fixture.trustPath])
        #expect(status == (generations == 1 ? 0 : 3), "\(answer.reason ?? "")")
    }

    @Test(arguments: SealTampering.allCases)
    func pythonRejectsTamperedAttestation(_ tamper: SealTampering) throws {
        let fixture = try AttestationTests.tampered(tamper)
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 1, "\(tamper)")
        #expect(answer.segment == 2, "\(tamper): \(answer.reason ?? "")")
    }

    @Test(arguments: ["payload", "header"])
    func pythonRejectsTamperedEntry(_ column: String) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(2, table: "entry", column: column, row: 10, at: 12)
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 1)
        #expect(answer.segment == 2)
        // It looks for no second opinion on which neighbour of a broken link was altered.
        #expect(answer.index == 10 || (column == "header" && answer.index == 11))
    }

    @Test func pythonRejectsTamperedManifestAndFile() async throws {
        let fixture = try LedgerFixture.standard()
        let intact = try fixture.bytes(fixture.manifestPath(1))
        try fixture.flipByte(of: fixture.manifestPath(1), at: 40)
        #expect(try run([fixture.ledger, "--trust", fixture.trustPath]).status == 1)
        try fixture.write(intact, to: fixture.manifestPath(1))
        try fixture.write(fixture.bytes(fixture.path(1)) + [0], to: fixture.path(1))
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 1)
        #expect(answer.segment == 1)
    }

    @Test func pythonRejectsStrangersKey() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust([try TestKeys().logKey(), fixture.keys.manifestKey()])
        #expect(try run([fixture.ledger, "--trust", fixture.trustPath]).status == 1)
    }

    @Test func pythonAgreesOnReceipts() async throws {
        let fixture = try LedgerFixture.standard()
        let path = fixture.directory.file("receipt.tlog-proof")
        let intact = try ReceiptVerifierTests.receipt(fixture, index: 3, size: 14)
        try fixture.write(intact, to: path)
        let arguments = ["--receipt", path, "--trust", fixture.trustPath]
        #expect(try run(arguments).status == 0)
        for at in [40, 300, intact.count - 20] {
            var bytes = intact
            bytes[at] ^= 1
            try fixture.write(bytes, to: path)
            #expect(try run(arguments).status == 1, "byte \(at)")
        }
    }

    @Test func pythonAgreesOnAnUnsignedTail() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.audit()], signed: false)
        try fixture.close()
        #expect(try run([fixture.ledger, "--trust", fixture.trustPath]).status == 3)
        #expect(await fixture.verify().outcome == .partial)
    }

    @Test func pythonAgreesOnAJournalToRollBack() throws {
        let fixture = try LedgerFixture.standard()
        try fixture.begin()
        try fixture.close()
        try fixture.leaveHotJournal(4)
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 0, "\(answer.reason ?? "")")
    }

    /// Whatever one of the two refuses, the other does: each case is one that they once saw differently.
    @Test(arguments: PythonDisagreement.allCases)
    func pythonAndSwiftRefuseAlike(_ case: PythonDisagreement) async throws {
        let fixture = try `case`.make()
        let (status, answer) = try run([fixture.ledger, "--trust", fixture.trustPath])
        #expect(status == 1, "\(answer)")
        var refused = false
        if let trust = try? TrustSource.read(path: fixture.trustPath) {
            refused = await fixture.verify(trust: trust).outcome == .failed
        } else {
            refused = true
        }
        #expect(refused)
        #expect(answer.index == `case`.index, "\(answer.reason ?? "")")
    }

    /// The other way round: a whole ledger that Python wrote from FORMAT.md.
    @Test(arguments: [false, true])
    func ledgerWrittenByPythonIsVerified(_ isAttested: Bool) async throws {
        let directory = try TemporaryDirectory()
        let script = Self.vectors.appendingPathComponent("make_ledger.py").path
        let (status, _) = try Self.launch(
            try Self.python.get(),
            [
                script, directory.path, "--entries", "700", "--group", "7", "--segments", "3",
                "--payload", "90",
            ] + (isAttested ? ["--attest"] : []))
        #expect(status == 0)
        let trust = try TrustSource.read(path: directory.file("trust.json"))
        let report = try await LedgerEvidence(directory: directory.file("ledger"))
            .verify(trust: trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .verified)
        #expect(report.entries == 700)
        #expect(report.sealedSegments == 2)
        #expect(report.attestedSegments == (isAttested ? 2 : 0))
    }

    // MARK: - Running

    private static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Vectors")

    func run(_ arguments: [String]) throws -> (status: Int32, answer: Answer) {
        let script = Self.vectors.appendingPathComponent("verify_ledger.py").path
        let (status, output) = try Self.launch(try Self.python.get(), [script] + arguments)
        return (status, try JSONDecoder().decode(Answer.self, from: output))
    }

    struct NoPython: Error, CustomStringConvertible {
        var description: String {
            "No Python with the package `cryptography`. Install it: apt install python3-cryptography"
        }
    }

    private static let python: Result<String, any Error> = Result {
        for candidate in ["python3", "/usr/bin/python3"] {
            let found = try? launch(candidate, ["-c", "import cryptography"])
            if found?.status == 0 { return candidate }
        }
        throw NoPython()
    }

    private static func launch(
        _ program: String, _ arguments: [String]
    ) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}
