import Crypto
import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// Certificates of erasures (FORMAT 9.14), by both verifiers.
struct CertificateTests {
    private let ledger: ErasedLedger

    init() throws { ledger = try ErasedLedger() }

    private func failure(
        _ document: [UInt8], trust: TrustFile? = nil
    ) -> VerificationFailure.Code? {
        do throws(VerificationFailure) {
            _ = try CertificateVerifier(trust: trust ?? ledger.fixture.trust)
                .verify(bytes: document)
            return nil
        } catch { return error.code }
    }

    private func python(_ document: [UInt8], trust: String? = nil) throws -> Bool {
        let path = ledger.fixture.directory.file("certificate.json")
        try ledger.fixture.write(document, to: path)
        return try PythonVerifierTests().run([
            "--certificate", path, "--trust", trust ?? ledger.fixture.trustPath,
        ]).answer.ok
    }

    @Test func itSaysWhatTheEntriesSay() throws {
        let document = try ledger.document()
        let verified = try CertificateVerifier(trust: ledger.fixture.trust).verify(bytes: document)
        let statement = verified.certificate.statement
        #expect(statement.subject == SubjectTag([UInt8](repeating: 1, count: 16)))
        #expect(statement.epochBefore == 3 && statement.epochAfter == 4)
        #expect(statement.recipients == ["crm-1", "erp-2"] && statement.omittedRecipients == 0)
        #expect(statement.exceptions == ["LEGAL_HOLD"])
        #expect(verified.certificate.escrow == ErasedLedger.escrow && verified.isSignatureChecked)
        #expect(try verified.signer == ErasedLedger.key(ledger.api).keyID)
        #expect(try python(document))
        let alone = try CertificateVerifier(trust: nil).verify(bytes: document)
        #expect(!alone.isSignatureChecked)
    }

    @Test func everyFlippedByteIsFound() throws {
        let document = try ledger.document()
        for at in stride(from: 0, to: document.count, by: 17) {
            var bytes = document
            bytes[at] ^= 1
            #expect(failure(bytes) != nil, "byte \(at)")
        }
        for at in [20, document.count / 3, document.count / 2, document.count - 40] {
            var bytes = document
            bytes[at] ^= 1
            #expect(try !python(bytes), "byte \(at)")
        }
    }

    /// What the keeper never signed, signed with its key: the entries contradict it all the same.
    @Test(arguments: [
        (#""epochAfter":4"#, #""epochAfter":5"#), (#""epochBefore":3"#, #""epochBefore":2"#),
        (#""recipients":["crm-1","erp-2"]"#, #""recipients":["crm-1"]"#),
        (#""exceptions":["LEGAL_HOLD"]"#, #""exceptions":[]"#),
        (#""omittedRecipients":0"#, #""omittedRecipients":1"#),
        ("01010101010101010101010101010101", "02020202020202020202020202020202"),
    ])
    func whatTheEntriesDoNotSayIsNamed(_ old: String, _ new: String) throws {
        let forged = try ledger.forged(old, new)
        #expect(failure(forged) == .certificateStatement)
        #expect(try !python(forged))
    }

    /// No entry tells of escrow: the signature alone vouches for the line.
    @Test(arguments: [
        (#""destroyed":2"#, #""destroyed":3"#), (#""until":"DESTROYED""#, #""until":"2030""#),
        (#""epoch":3,"#, #""epoch":2,"#),
    ])
    func aChangedEscrowLineIsFound(_ old: String, _ new: String) throws {
        let text = String(decoding: try ledger.document(), as: UTF8.self)
        try #require(text.contains(old))
        let bytes = Array(text.replacing(old, with: new).utf8)
        let code = failure(bytes)
        #expect(code == .certificateSignature || code == .certificateStatement, "\(old)")
        #expect(try !python(bytes))
    }

    @Test func anotherSubjectsReceiptIsNoProof() throws {
        var entries = try ledger.entries()
        let others = try ledger.entries(1)
        // The receipt of another's entry, and another's entry as a whole.
        let last = entries.count - 1
        entries[last] = SubjectEvidence.Entry(
            header: entries[last].header, payload: entries[last].payload,
            receipt: others[last].receipt)
        let certificate = try ledger.certificate(entries)
        let document = try certificate.bytes(signature: ledger.sign(certificate.body()))
        #expect(failure(document) == .header)
        #expect(try !python(document))
        entries[last] = others[last]
        let error = #expect(throws: ErasureCertificateError.self) {
            _ = try ledger.certificate(entries)
        }
        #expect(error?.code == "certificate-entry")
    }

    /// From the order on nothing is left out: no recipient either.
    @Test(arguments: 0..<6) func aDroppedEntryIsFound(place: Int) throws {
        var entries = try ledger.entries()
        entries.remove(at: place)
        if place == 0 {
            // What was answered in part before is not pinned by what follows.
            #expect(try ledger.certificate(entries).statement.exceptions.isEmpty)
        } else {
            #expect(throws: ErasureCertificateError.self) { _ = try ledger.certificate(entries) }
        }
    }

    @Test func onlyTheTrustFilesKeysCount() throws {
        let stranger = try ledger.document(by: P384.Signing.PrivateKey())
        #expect(failure(stranger) == .certificateSignature)
        #expect(try !python(stranger))
        let other = try ErasedLedger()
        let document = try ledger.document()
        #expect(failure(document, trust: other.fixture.trust) == .checkpointSignature)
        #expect(try !python(document, trust: other.fixture.trustPath))
    }

    /// What was signed as a receipt is no certificate.
    @Test func aSignatureOfAReceiptDoesNotCount() throws {
        let certificate = try ledger.certificate()
        let signature = try ledger.sign(certificate.body(), as: .receipt)
        #expect(failure(try certificate.bytes(signature: signature)) == .certificateMalformed)
    }

    @Test(arguments: [
        (0, "signed"), (1, "flipped"), (2, "absent"), (3, "untrusted"),
    ])
    func theCommandTellsByItsExitCode(_ status: Int32, _ what: String) throws {
        let path = ledger.fixture.directory.file("certificate.json")
        var document = try ledger.document()
        if what == "flipped" { document[document.count / 2] ^= 1 }
        if what != "absent" { try ledger.fixture.write(document, to: path) }
        let trust = what == "untrusted" ? [] : ["--trust", ledger.fixture.trustPath]
        let run = try CommandTests().run(["--json", "--certificate", path] + trust)
        #expect(run.status == status, "\(run.output)")
        if status == 0 { #expect(run.output.contains("\"escrowRemaining\" : 1")) }
    }
}
