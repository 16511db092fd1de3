import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct TPMCounterTests {
    @Test func aCounterTakesOneStepAtATimeAndKeepsItAcrossARestart() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let (counter, authorization) = try await device.newCounter()
        let first = try await device.value(of: counter)
        let next = try await device.advance(
            counter, to: first + 1, authorization: authorization)
        #expect(next == first + 1)
        // Neither twice to the same value, nor two steps, nor back.
        for target in [first + 1, first + 3, first] {
            let value = try await device.advance(
                counter, to: target, authorization: authorization)
            #expect(value == first + 1)
        }
        fixture.tpm.stop()
        try fixture.tpm.start()
        #expect(try await fixture.tpm.device().value(of: counter) == first + 1)
    }

    /// Not even often enough to lock the TPM out.
    @Test func onlyItsAuthorizationIncrementsIt() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let (counter, authorization) = try await device.newCounter()
        let first = try await device.value(of: counter)
        for _ in 0..<8 {
            await #expect(throws: TPMError.self) {
                _ = try await device.advance(
                    counter, to: first + 1, authorization: .random(count: 32))
            }
        }
        #expect(try await device.value(of: counter) == first)
        _ = try await device.advance(counter, to: first + 1, authorization: authorization)
    }

    @Test func countersOfAnInterruptedStartAreRemovedAndNoOthers() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let mark = SecretBytes.random(count: 32).bytes
        let mine = try await device.defineCounters(
            2, mark: mark, authorization: .random(count: 32))
        let (other, _) = try await device.newCounter()
        try await device.undefineCounters(mark: mark)
        for counter in mine {
            let error = await #expect(throws: TPMError.self) {
                _ = try await device.value(of: counter)
            }
            #expect(error?.code == .foreign)
        }
        _ = try await device.value(of: other)
    }

    @Test func aCounterThatWasReplacedIsAForeignOne() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let mark = SecretBytes.random(count: 32).bytes
        let old = try #require(
            try await device.defineCounters(1, mark: mark, authorization: .random(count: 32)).first)
        let value = try await device.value(of: old)
        try await device.undefineCounters(mark: mark)
        let new = try await device.newCounter().counter
        #expect(new.handle == old.handle)
        #expect(try await device.value(of: new) > value)
        let error = await #expect(throws: TPMError.self) { _ = try await device.value(of: old) }
        #expect(error?.code == .foreign)
    }

    // MARK: - Erasure epochs

    @Test func whatWasSealedBeforeTheCounterWentOnStaysShut() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let (counter, authorization) = try await device.newCounter()
        let epoch = try await device.value(of: counter)
        let secret = SecretBytes.random(count: 64)
        let blob = try await device.seal(secret, counter: counter, epoch: epoch)
        let next = try await device.seal(secret, counter: counter, epoch: epoch + 1)
        #expect(try await device.unseal(blob).bytes == secret.bytes)
        let early = await #expect(throws: TPMError.self) { _ = try await device.unseal(next) }
        #expect(early?.code == .superseded)
        _ = try await device.advance(counter, to: epoch + 1, authorization: authorization)
        #expect(try await device.unseal(next).bytes == secret.bytes)
        let late = await #expect(throws: TPMError.self) { _ = try await device.unseal(blob) }
        #expect(late?.code == .superseded)
        // The TPM compares, not what the file says of itself.
        var forged = blob
        forged.epoch = epoch + 1
        let relabelled = forged
        await #expect(throws: TPMError.self) { _ = try await device.unseal(relabelled) }
    }

    /// Whoever owns the TPM can remove the counter; the blob is of no use to them with another one in its place.
    @Test func aCounterDefinedAnewOpensNothingOld() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let mark = SecretBytes.random(count: 32).bytes
        let authorization = SecretBytes.random(count: 32)
        let counter = try #require(
            try await device.defineCounters(1, mark: mark, authorization: authorization).first)
        let epoch = try await device.value(of: counter)
        let blob = try await device.seal(.random(count: 64), counter: counter, epoch: epoch)
        try await device.undefineCounters(mark: mark)
        let again = try #require(
            try await device.defineCounters(1, mark: mark, authorization: authorization).first)
        // The very same public area, and still above all it ever was.
        #expect(again == counter)
        #expect(try await device.value(of: again) > epoch)
        let error = await #expect(throws: TPMError.self) { _ = try await device.unseal(blob) }
        #expect(error?.code == .superseded)
    }

    // MARK: - Attestation

    @Test func theAttestationKeyIsTheSameAfterARestart() async throws {
        let fixture = try await KeeperFixture.empty()
        let key = try await fixture.tpm.device().makeKeys().attestation
        #expect(AttestationKey.isAcceptable(spki: key))
        fixture.tpm.stop()
        try fixture.tpm.start()
        #expect(try await fixture.tpm.device().makeKeys().attestation == key)
    }

    @Test func transientSlotsAreFreeAfterEveryAttestation() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let (counter, authorization) = try await device.newCounter()
        let first = try await device.value(of: counter)
        for step in 1...UInt64(8) {
            _ = try await device.advance(
                counter, to: first + step, authorization: authorization)
            let said = try await device.attest(.zero, counter)
            #expect(said.values.count == TPMAttestation.registers.count)
        }
    }
}
