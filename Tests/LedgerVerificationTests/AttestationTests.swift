import Foundation
import LedgerFormat
import LedgerVerification
import Testing
import TestSupport

/// Seals that a TPM attests (FORMAT 5.4).
struct AttestationTests {
    @Test func attestedLedgerIsVerified() async throws {
        let fixture = try LedgerFixture.standard(tpm: TestTPM())
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.outcome == .verified)
        #expect(report.attestedSegments == 2)
        #expect(report.keys.contains { $0.use == "attestation" && $0.keyId.utf8.count == 16 })
        #expect(report.notes.isEmpty)
    }

    @Test func unattestedSealsAreNoted() async throws {
        let report = try await LedgerFixture.standard().verify()
        #expect(report.outcome == .verified)
        #expect(report.attestedSegments == 0)
        #expect(report.notes == ["segment seals are not attested by a TPM"])
    }

    /// The second of two attested seals is not what it seems.
    @Test(arguments: SealTampering.allCases)
    func tamperedAttestationIsNamed(_ tamper: SealTampering) async throws {
        let fixture = try Self.tampered(tamper)
        let failure = try #require(await fixture.verify().failure, "\(tamper)")
        #expect(failure.code == tamper.code, "\(tamper): \(failure)")
        #expect(failure.segment == 2)
        #expect(failure.file == SegmentSchema.manifestName(segment: 2))
    }

    @Test(arguments: SealTampering.allCases)
    func withoutTrustFileOnlyTheSignaturesAreTaken(_ tamper: SealTampering) async throws {
        let fixture = try Self.tampered(tamper)
        let report = await fixture.verify(trust: .some(nil))
        #expect(
            report.failure?.code == (tamper.needsNoTrustFile ? tamper.code : nil), "\(tamper)")
        #expect(report.notChecked.contains { $0.contains("attestations") })
    }

    static func tampered(_ tamper: SealTampering) throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: TestTPM())
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.seal(tamper)
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.close()
        return fixture
    }

    // MARK: - From seal to seal

    @Test func changedRegistersAreNotedNotFailed() async throws {
        let fixture = try sealed(3) { tpm, segment in
            guard segment == 3 else { return }
            tpm.registers[7] = [UInt8](repeating: 0x77, count: 32)
            tpm.registers[23] = nil
            tpm.registers[14] = [UInt8](repeating: 0x14, count: 32)
        }
        let report = await fixture.verify()
        #expect(report.outcome == .verified)
        #expect(
            report.notes == [
                "segment 3 was sealed on a platform in another state than segment 2: PCR 7, 14, 23"
            ])
    }

    /// After a power failure the clock may be behind; it is the count of resets that tells.
    @Test func resetMayPutRestartsAndClockBack() async throws {
        let fixture = try sealed(3) { tpm, segment in
            guard segment == 3 else { return }
            tpm.resetCount = 8
            tpm.restartCount = 0
            tpm.clock = 10
        }
        #expect(await fixture.failure() == "none")
    }

    @Test func restartMayPutTheClockBack() async throws {
        let fixture = try sealed(3) { tpm, segment in
            guard segment == 3 else { return }
            tpm.restartCount = 3
            tpm.clock = 10
        }
        #expect(await fixture.failure() == "none")
    }

    @Test func quoteMayBeMadeBeforeTheCertification() async throws {
        let fixture = try sealed(2) { tpm, segment in tpm.quoteComesFirst = segment == 2 }
        #expect(await fixture.failure() == "none")
    }

    /// The state file of the seal before last was put back.
    @Test func rolledBackCounterIsNamed() async throws {
        let fixture = try sealed(4) { tpm, segment in
            if segment == 4 { tpm.counter -= 2 }
        }
        #expect(await fixture.failure() == "seal-counter 4/-")
    }

    @Test func largestCounterHasNoSuccessor() async throws {
        let fixture = try sealed(2) { tpm, segment in
            tpm.counter = segment == 1 ? .max - 1 : 0
        }
        #expect(await fixture.failure() == "seal-counter 2/-")
    }

    // MARK: - Keys

    @Test func newAttestationKeyCountsFromItsOwnCounter() async throws {
        let (old, next) = (TestTPM(), TestTPM(counterName: 0xC2))
        let oldKey = try old.trustedKey(untilSize: 4)
        let nextKey = try next.trustedKey(fromSize: 5)
        let keys = try TestKeys()
        let fixture = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey(), oldKey, nextKey], tpm: old)
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.retired(oldKey, untilSize: 4)])
        fixture.tpm = next
        fixture.tpm?.resetCount = 0
        try fixture.seal()
        #expect(await fixture.failure() == "none")
        try fixture.trust([
            keys.logKey(), keys.manifestKey(), oldKey,
            next.trustedKey(fromSize: 5, untilSize: 5),
        ])
        #expect(await fixture.failure() == "attestation-signature 2/-")
    }

    @Test func sealsFromBeforeTheKeyNeedNoAttestation() async throws {
        let tpm = TestTPM()
        let keys = try TestKeys()
        let key = try tpm.trustedKey(fromSize: 4)
        let fixture = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey(), key])
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        fixture.tpm = tpm
        try fixture.seal()
        let report = await fixture.verify()
        #expect(report.outcome == .verified)
        #expect(report.attestedSegments == 1)
        #expect(report.notes == ["the seal of segment 1 is not attested by a TPM"])
    }

    /// Nobody who is trusted vouches for this TPM.
    @Test func attestationWithoutListedKeyIsRefused() async throws {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(
            keys: keys, trusted: [keys.logKey(), keys.manifestKey()], tpm: TestTPM())
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        #expect(await fixture.failure() == "attestation-signature 1/-")
    }

    @Test func announcedSealCounterIsThatOfTheTrustFile() async throws {
        let tpm = TestTPM()
        let fixture = try LedgerFixture(tpm: tpm)
        try fixture.begin()
        let other = try tpm.trustedKey(sealCounter: TestTPM(counterName: 0xC2).counterName)
        try fixture.group([
            .activated(fixture.keys.logKey()), .activated(fixture.keys.manifestKey()),
            .activated(other),
        ])
        try fixture.close()
        #expect(await fixture.failure() == "key-unlisted 1/2")
    }

    @Test(arguments: [("7", VerificationFailure.Code.statement), ("\"00\"", .keyUnlisted)])
    func sealCounterOfAnotherKeyIsRefused(
        _ value: String, _ code: VerificationFailure.Code
    ) async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        var draft = try EntryDraft.activated(fixture.keys.logKey())
        let payload = String(decoding: try #require(draft.payload), as: UTF8.self)
        draft.payload = Array(
            payload.replacingOccurrences(
                of: #","use""#, with: #","sealCounter":\#(value),"use""#
            ).utf8)
        try fixture.group([draft])
        try fixture.close()
        #expect(await fixture.failure() == "\(code.rawValue) 1/0")
    }

    // MARK: - In part

    @Test func gapInTheEvidenceLeavesRoomForItsSeals() async throws {
        let fixture = try sealed(4)
        let evidence = try LedgerEvidence(files: [1, 4].map { fixture.path($0) })
        let report = await evidence.verify(trust: fixture.trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.attestedSegments == 2)
        // One more than there are segments between.
        let other = try sealed(4) { tpm, segment in
            if segment == 4 { tpm.counter += 1 }
        }
        let failure = try await LedgerEvidence(files: [1, 4].map { other.path($0) })
            .verify(trust: other.trust).failure
        #expect(failure?.code == .sealCounter)
        #expect(failure?.segment == 4)
    }

    /// As a ledger verifies what it has just sealed.
    @Test(arguments: [true, false])
    func justSealedSegmentFollowsTheAttestationBefore(_ isKnown: Bool) async throws {
        let fixture = try sealed(2) { tpm, segment in
            if segment == 2 { tpm.counter += 1 }
        }
        var whole = LedgerVerifier(trust: fixture.trust)
        let first = try await whole.verify(segment(1, fixture))
        let before = try SegmentManifest(parsing: fixture.bytes(fixture.manifestPath(1)))
        let state = LedgerState(
            generation: 1, origin: TestKeys.origin, lastSegment: 1, previousLeaf: first.lastLeaf,
            lastTime: whole.state.lastTime, frontier: try #require(whole.state.frontier),
            previousManifest: first.manifestHash, subjectHeads: whole.state.subjectHeads(),
            previousAttestation: isKnown ? before.attestation : nil)
        var resumed = LedgerVerifier(trust: fixture.trust, state: state)
        _ = try await resumed.verify(segment(2, fixture))
        #expect(resumed.failureUnlessEnded?.code == (isKnown ? .sealCounter : nil))
        if isKnown { #expect(throws: VerificationFailure.self) { try resumed.finish() } }
    }

    private func segment(_ number: UInt64, _ fixture: LedgerFixture) -> UnverifiedSegment {
        UnverifiedSegment(
            number: number, path: fixture.path(number), manifestPath: fixture.manifestPath(number))
    }

    /// - Parameter change: what happens to the TPM before each seal.
    private func sealed(
        _ count: UInt64, _ change: (inout TestTPM, UInt64) -> Void = { _, _ in }
    ) throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: TestTPM())
        for number in 1...count {
            try fixture.begin()
            if number == 1 { try fixture.activateKeys() } else { try fixture.groupSealed() }
            var tpm = try #require(fixture.tpm)
            change(&tpm, number)
            fixture.tpm = tpm
            try fixture.seal()
        }
        return fixture
    }
}
