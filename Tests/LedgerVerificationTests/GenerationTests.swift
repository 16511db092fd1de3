import Crypto
import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
import Testing

/// A generation goes on where the one before ends, and says so; FORMAT 9.2 to the letter.
struct GenerationTests {
    /// What `LedgerRecovered` says, and how a test makes it wrong.
    struct Recovery {
        var ended: UInt64 = 1
        var size: UInt64
        var root: Digest32
        var knownSize: UInt64
        var knownRoot: Digest32
        var reason = "a test"
        var type = "LedgerRecovered"
        /// What the TPM certifies instead.
        var certifiedSize: UInt64?
        var signer: TestTPM?
        var isLate = false
        var losesSeals = false
    }

    enum Change: String, CaseIterable {
        case ended, size, root, knownSize, knownRoot, reason, missing, late, certifiedSize, stranger
        case counter

        func callAsFunction(_ recovery: inout Recovery) {
            switch self {
            case .ended: recovery.ended = 2
            case .size: recovery.size -= 1
            case .root: (recovery.root, recovery.knownRoot) = (.zero, .zero)
            case .knownSize: recovery.knownSize = recovery.size - 1
            case .knownRoot: (recovery.knownSize, recovery.knownRoot) = (recovery.size, .zero)
            case .reason: recovery.reason = String(repeating: "x", count: 513)
            case .missing: recovery.type = "Something"
            case .late: recovery.isLate = true
            case .certifiedSize: recovery.certifiedSize = recovery.size + 1
            case .stranger: recovery.signer = TestTPM()
            case .counter: recovery.signer = nil
            }
        }
    }

    static func ledger(
        losing lost: UInt64 = 0, tpm: TestTPM? = TestTPM(),
        _ change: (inout Recovery) -> Void = { _ in }
    ) throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: tpm)
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1), .subject(2), .audit()])
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.subject(1), .audit()])
        let (size, root) = (fixture.frontier.size, fixture.frontier.root)
        var recovery = Recovery(
            size: size, root: root, knownSize: size + lost, knownRoot: lost > 0 ? .zero : root)
        recovery.signer = fixture.tpm
        change(&recovery)
        // The seals of the entries that are lost were counted.
        if recovery.losesSeals { fixture.tpm?.counter += 3 }
        try fixture.seal()
        try fixture.beginGeneration()
        let first = try draft(recovery, certified: tpm != nil)
        if recovery.isLate {
            try fixture.group(fixture.announcements() + [first])
        } else {
            try fixture.group([first] + fixture.announcements())
        }
        try fixture.groupSealed()
        try fixture.group([.subject(1), .subject(3), .audit()])
        try fixture.publish()
        try fixture.close()
        return fixture
    }

    private static func draft(_ recovery: Recovery, certified: Bool) throws -> EntryDraft {
        let statement = RecoveryStatement(
            ended: recovery.ended, knownSize: recovery.knownSize, knownRoot: recovery.knownRoot.hex,
            size: recovery.certifiedSize ?? recovery.size, root: recovery.root.hex)
        var certify = SegmentAttestation.Statement(attest: [], signature: [])
        if certified {
            let tpm = recovery.signer ?? TestTPM(counterName: 0xC2)
            certify = try tpm.sign(
                TPMStatement(
                    certify: .certify(indexName: tpm.counterName, counter: tpm.counter),
                    extraData: statement.digest.bytes))
        }
        var draft = EntryDraft()
        draft.stream = .segment
        draft.type = recovery.type
        draft.payload = try CanonicalJSON.write(
            .object([
                .init("certifyAttest", .string(StrictBase64.encode(certify.attest))),
                .init("certifySignature", .string(StrictBase64.encode(certify.signature))),
                .init("ended", .integer(recovery.ended)),
                .init("knownRoot", .string(recovery.knownRoot.hex)),
                .init("knownSize", .integer(recovery.knownSize)),
                .init("reason", .string(recovery.reason)),
                .init("root", .string(recovery.root.hex)),
                .init("salt", .string("AAAAAAAAAAAAAAAAAAAAAA==")),
                .init("size", .integer(recovery.size)),
            ]))
        return draft
    }

    private func python(_ fixture: LedgerFixture) throws -> PythonVerifierTests.Answer {
        try PythonVerifierTests().run([fixture.ledger, "--trust", fixture.trustPath]).answer
    }

    @Test(arguments: [true, false])
    func aGenerationGoesOnWhereTheOneBeforeEnds(isAttested: Bool) async throws {
        let fixture = try Self.ledger(tpm: isAttested ? TestTPM() : nil)
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.outcome == .verified, "\(report.notChecked)")
        #expect(report.generations == 2 && report.generation == 2)
        #expect(
            report.notes.contains {
                $0.contains("generation 1 ended at size") && $0.contains("a test")
            })
        let answer = try python(fixture)
        #expect(answer.ok, "\(answer.reason ?? "")")
        #expect(answer.entries == report.entries)
    }

    @Test func whatIsLostIsSaid() async throws {
        let fixture = try Self.ledger(losing: 5) { $0.losesSeals = true }
        let report = await fixture.verify()
        #expect(report.outcome == .verified, "\(String(describing: report.failure))")
        #expect(report.notes.contains { $0.contains("5 signed entries behind it are lost") })
        #expect(try python(fixture).ok)
    }

    @Test(arguments: Change.allCases)
    func whatDoesNotFitIsFound(_ change: Change) async throws {
        let fixture = try Self.ledger { change(&$0) }
        let failure = try #require(await fixture.verify().failure, "\(change)")
        #expect(failure.segment == 3 && failure.index == 0, "\(failure)")
        let expected: Set<VerificationFailure.Code> =
            [.reason, .knownSize, .knownRoot].contains(change) ? [.statement] : [.recovery]
        #expect(expected.contains(failure.code), "\(failure)")
        #expect(try !python(fixture).ok)
    }

    /// Two segments that waited to be sealed, and a counter that went on without them.
    private func waiting(announced: Bool) throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: TestTPM())
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.subject(1), .audit()])
        fixture.tpm?.counter += 3
        try fixture.seal()
        var seals = [EntryDraft]()
        seals.append(try .sealed(2, manifestHash: try #require(fixture.manifestHash)))
        try fixture.begin()
        try fixture.group((announced ? seals : []) + [.subject(2), .audit()])
        let (size, root) = (fixture.frontier.size, fixture.frontier.root)
        try fixture.seal()
        seals.append(try .sealed(3, manifestHash: try #require(fixture.manifestHash)))
        var recovery = Recovery(size: size, root: root, knownSize: size, knownRoot: root)
        recovery.signer = fixture.tpm
        try fixture.beginGeneration()
        try fixture.group([Self.draft(recovery, certified: true)] + fixture.announcements())
        try fixture.group(announced ? Array(seals.dropFirst()) : seals)
        try fixture.publish()
        try fixture.close()
        return fixture
    }

    @Test func sealsThatARecoveryMadeMaySkipValues() async throws {
        let fixture = try waiting(announced: false)
        let report = await fixture.verify()
        #expect(report.outcome == .verified, "\(String(describing: report.failure))")
        #expect(try python(fixture).ok)
    }

    /// Whoever announced it in its generation made it in its turn.
    @Test func aSealThatItsGenerationAnnouncesMustNot() async throws {
        let fixture = try waiting(announced: true)
        let failure = await fixture.verify().failure
        #expect(failure?.code == .sealCounter && failure?.segment == 2)
        #expect(try !python(fixture).ok)
    }

    /// The counter may skip values at the end of a generation only.
    @Test func aSealThatIsMissingWithinAGenerationIsStillFound() async throws {
        let fixture = try LedgerFixture(tpm: TestTPM())
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        for _ in 0..<2 {
            try fixture.begin()
            try fixture.groupSealed()
            try fixture.group([.subject(1), .audit()])
            if fixture.segment == 2 { fixture.tpm?.counter += 1 }
            try fixture.seal()
        }
        #expect(await fixture.failure() == "seal-counter 2/-")
        #expect(try !python(fixture).ok)
    }

    @Test func aGenerationThatIsNotSealedToItsEndIsFound() async throws {
        let fixture = try Self.ledger()
        try FileManager.default.removeItem(atPath: fixture.manifestPath(2))
        #expect(await fixture.verify().failure != nil)
        #expect(try !python(fixture).ok)
    }
}
