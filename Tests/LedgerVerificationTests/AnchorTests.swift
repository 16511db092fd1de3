import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
import Testing

/// What a TPM certifies of the tree while it grows; FORMAT 9.3 to the letter.
struct AnchorTests {
    /// One `TPMAnchored`, and how a test makes it wrong.
    struct Anchor {
        var tpm: TestTPM
        var counter: UInt64
        var clock: UInt64 = 70_000
        var resetCount: UInt32 = 7
        var name = [UInt8]([0x00, 0x0B] + [UInt8](repeating: 0xAA, count: 32))
        var origin = TestKeys.origin
        var size: UInt64
        var root: Digest32
        var occasion = "RUNNING"
        var reason: String?
        /// What the TPM certifies instead.
        var certifiedSize: UInt64?
        var certifiedReason: String?

        func draft() throws -> EntryDraft {
            let statement = AnchorStatement(
                origin: origin, size: certifiedSize ?? size, root: root,
                occasion: AnchorStatement.Occasion(rawValue: occasion) ?? .running,
                reason: certifiedReason ?? reason ?? "")
            var certify = TPMStatement(
                certify: .certify(indexName: name, counter: counter),
                extraData: statement.digest.bytes)
            (certify.clock, certify.resetCount) = (clock, resetCount)
            let signed = try tpm.sign(certify)
            var members: [CanonicalJSON.Member] = [
                .init("certifyAttest", .string(StrictBase64.encode(signed.attest))),
                .init("certifySignature", .string(StrictBase64.encode(signed.signature))),
                .init("occasion", .string(occasion)), .init("root", .string(root.hex)),
                .init("salt", .string("AAAAAAAAAAAAAAAAAAAAAA==")),
                .init("size", .integer(size)),
            ]
            if let reason { members.append(.init("reason", .string(reason))) }
            var draft = EntryDraft()
            draft.stream = .segment
            draft.type = "TPMAnchored"
            draft.payload = try CanonicalJSON.write(.object(members))
            return draft
        }
    }

    enum Change: String, CaseIterable {
        case root, boundary, future, occasion, certifiedSize, certifiedReason, origin, stranger
        case sealCounter, otherCounter, sameCounter, lowerCounter, clock, reset, emptyReason
        case reasonWhileRunning

        var code: VerificationFailure.Code {
            switch self {
            case .future, .occasion, .emptyReason, .reasonWhileRunning: .statement
            default: .anchor
            }
        }

        /// Found by whoever has no trust file, too.
        var needsNoTrustFile: Bool { self != .stranger }

        func callAsFunction(_ anchor: inout Anchor) {
            switch self {
            case .root: anchor.root = .zero
            case .boundary: anchor.size -= 1
            case .future: anchor.size += 1
            case .occasion: anchor.occasion = "SOMETIMES"
            case .certifiedSize: anchor.certifiedSize = 1
            case .certifiedReason:
                (anchor.occasion, anchor.reason, anchor.certifiedReason) = ("START", "a", "b")
            case .origin: anchor.origin = "other.localhost/g1"
            case .stranger: anchor.tpm = TestTPM()
            case .sealCounter: anchor.name = anchor.tpm.counterName
            case .otherCounter: anchor.name[5] ^= 1
            case .sameCounter: anchor.counter -= 1
            case .lowerCounter: anchor.counter -= 2
            case .clock: anchor.clock -= 1_000
            case .reset: anchor.resetCount -= 1
            case .emptyReason: (anchor.occasion, anchor.reason) = ("START", "")
            case .reasonWhileRunning: anchor.reason = "a"
            }
        }
    }

    /// Two anchors; the second is at entry 8, alone in its group, of the tree of size 8.
    ///
    /// - Parameter isTrusted: whether the trust file lists the TPM's attestation key.
    static func ledger(
        isTrusted: Bool = true, _ change: (inout Anchor) -> Void = { _ in }
    ) throws -> LedgerFixture {
        let tpm = TestTPM()
        let fixture = try LedgerFixture(tpm: isTrusted ? tpm : nil)
        try fixture.begin()
        try fixture.activateKeys()
        var start = Anchor(
            tpm: tpm, counter: 11, size: fixture.frontier.size, root: fixture.frontier.root)
        start.occasion = "START"
        start.clock = 69_500
        try fixture.group([start.draft()])
        try fixture.group([.subject(1), .subject(2), .audit()])
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        var next = Anchor(
            tpm: tpm, counter: 12, size: fixture.frontier.size, root: fixture.frontier.root)
        change(&next)
        try fixture.group([next.draft()])
        try fixture.group([.subject(1), .audit()])
        try fixture.publish()
        try fixture.close()
        return fixture
    }

    private func python(_ fixture: LedgerFixture) throws -> PythonVerifierTests.Answer {
        try PythonVerifierTests().run([fixture.ledger, "--trust", fixture.trustPath]).answer
    }

    @Test func anchorsOfTheTreeHoldAndAreCounted() async throws {
        let fixture = try Self.ledger()
        let report = await fixture.verify()
        #expect(report.outcome == .verified, "\(String(describing: report.failure))")
        #expect(report.anchors == 2 && report.notes.isEmpty)
        let answer = try python(fixture)
        #expect(answer.ok, "\(answer.reason ?? "")")
    }

    @Test(arguments: Change.allCases)
    func whatDoesNotFitIsFound(_ change: Change) async throws {
        let fixture = try Self.ledger { change(&$0) }
        #expect(await fixture.failure() == "\(change.code.rawValue) 2/8")
        #expect(try !python(fixture).ok)
        let blind = await fixture.verify(trust: .some(nil))
        #expect((blind.failure?.index == 8) == change.needsNoTrustFile, "\(change)")
    }

    /// A directory that was put back goes on, and the ledger says why.
    @Test func whyALedgerGoesOnIsSaid() async throws {
        let fixture = try Self.ledger {
            ($0.occasion, $0.reason) = ("START", "keys/ of yesterday")
        }
        let report = await fixture.verify()
        #expect(report.outcome == .verified, "\(String(describing: report.failure))")
        #expect(report.notes.contains { $0.contains("at entry 8") && $0.contains("of yesterday") })
        #expect(try python(fixture).ok)
    }

    /// Where nobody is trusted to certify, the tree that an anchor tells of must be right all the same.
    @Test func withoutAnAttestationKeyOnlyTheTreeIsCompared() async throws {
        for (change, isFound) in [(Change.stranger, false), (.certifiedSize, false), (.root, true)]
        {
            let fixture = try Self.ledger(isTrusted: false) { change(&$0) }
            #expect(await fixture.failure() == (isFound ? "anchor 2/7" : "none"), "\(change)")
            #expect(try python(fixture).ok != isFound, "\(change)")
        }
    }
}
