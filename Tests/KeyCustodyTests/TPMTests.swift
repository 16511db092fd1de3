import Dispatch
import Foundation
import Synchronization
import Testing

@testable import KeyCustody

@Suite struct TPMTests {
    /// In the order in which they happened.
    private final class Events: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ event: String) { list.withLock { $0.append(event) } }
    }

    @Test func sealedSecretSurvivesARestartOfTheTPM() async throws {
        let fixture = try await KeeperFixture.empty()
        let secret = SecretBytes.random(count: 32)
        let blob = try await fixture.tpm.device().seal(secret)
        fixture.tpm.stop()
        try fixture.tpm.start()
        let restored = try SealedRoot(fileBytes: blob.fileBytes)
        let opened = try await fixture.tpm.device().unseal(restored)
        #expect(opened.bytes == secret.bytes)
    }

    @Test func anotherTPMCannotUnsealAndSaysSo() async throws {
        let fixture = try await KeeperFixture.empty()
        let blob = try await fixture.tpm.device().seal(.random(count: 32))
        let other = try SoftwareTPM.manufacture(in: fixture.home + "/other")
        try other.start()
        let error = await #expect(throws: TPMError.self) {
            _ = try await other.device().unseal(blob)
        }
        #expect(error?.code == .foreign)
        #expect(error?.hint.contains("not the one that sealed it") == true)
    }

    /// Even when the name in the file is forged, the TPM itself refuses.
    @Test func anotherTPMRefusesABlobWithAForgedParentName() async throws {
        let fixture = try await KeeperFixture.empty()
        var blob = try await fixture.tpm.device().seal(.random(count: 32))
        let other = try SoftwareTPM.manufacture(in: fixture.home + "/other")
        try other.start()
        blob.parentName = try await other.device().seal(.random(count: 32)).parentName
        let forged = blob
        let error = await #expect(throws: TPMError.self) {
            _ = try await other.device().unseal(forged)
        }
        #expect(error?.code == .foreign)
        #expect(error?.responseCode?.hasPrefix("0x") == true)
    }

    @Test func alteredBlobDoesNotUnseal() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let blob = try await device.seal(.random(count: 32))
        for offset in [2, blob.privateArea.count / 2, blob.privateArea.count - 1] {
            var altered = blob
            altered.privateArea[offset] ^= 1
            let bad = altered
            await #expect(throws: TPMError.self) { _ = try await device.unseal(bad) }
        }
        // and nothing of the failures is left in the TPM's three slots
        _ = try await device.unseal(blob)
    }

    @Test func transientSlotsAreFreeAfterEveryUse() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let secret = SecretBytes.random(count: 32)
        for _ in 0..<8 {
            let blob = try await device.seal(secret)
            let opened = try await device.unseal(blob)
            #expect(opened.bytes == secret.bytes)
        }
    }

    @Test func stoppedTPMIsNamedAndUsedAgainWhenItIsBack() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let blob = try await device.seal(.random(count: 32))
        fixture.tpm.stop()
        let error = await #expect(throws: TPMError.self) { _ = try await device.unseal(blob) }
        #expect(error?.code == .lost)
        let absent = await #expect(throws: TPMError.self) { _ = try await device.unseal(blob) }
        #expect(absent?.code == .absent)
        try fixture.tpm.start()
        _ = try await device.unseal(blob)
    }

    @Test func missingTPMIsAbsent() async throws {
        let device = try TPMDevice(TCTIAddress("swtpm:path=/tmp/no-such-tpm/s"))
        let error = await #expect(throws: TPMError.self) { _ = try await device.identify() }
        #expect(error?.code == .absent)
        #expect(error?.hint.contains("/tmp/no-such-tpm/s") == true)
    }

    /// Something listens and never answers, as a raw software TPM does that serves another client.
    @Test func silentTPMIsBusy() async throws {
        let directory = try KeeperFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let listeners = try ["s", "s.ctrl"].map { name in
            try UnixSocket.listening(at: "\(directory)/\(name)")
        }
        let device = try TPMDevice(
            TCTIAddress("swtpm:path=\(directory)/s"), patience: .seconds(1))
        let error = await #expect(throws: TPMError.self) { _ = try await device.identify() }
        #expect(error?.code == .busy)
        for listener in listeners { listener.close() }
    }

    /// What SIGTERM during the start comes to: the wait ends at once, though the TPM never answers.
    @Test(.timeLimit(.minutes(1))) func waitForASilentTPMEndsWithItsTask() async throws {
        let directory = try KeeperFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let listeners = try ["s", "s.ctrl"].map { name in
            try UnixSocket.listening(at: "\(directory)/\(name)")
        }
        let device = try TPMDevice(
            TCTIAddress("swtpm:path=\(directory)/s"), patience: .seconds(3_600))
        for early in [false, true] {
            let call = Task { try await device.identify() }
            if !early { try await Task.sleep(for: .milliseconds(50)) }
            call.cancel()
            let error = await #expect(throws: TPMError.self) { _ = try await call.value }
            #expect(error?.code == .busy)
        }
        for listener in listeners { listener.close() }
    }

    /// Whoever ends the process must not take the libraries from under a call that was given up.
    @Test(.timeLimit(.minutes(1))) func theEndWaitsForACallThatNobodyWaitsForAnyMore() async throws
    {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let release = DispatchSemaphore(value: 0)
        let events = Events()
        let call = Task {
            try await device.perform("waiting") { _ in
                events.add("begun")
                release.wait()
                events.add("ended")
            }
        }
        while events.all.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        call.cancel()
        await #expect(throws: TPMError.self) { try await call.value }
        // One that never ends keeps nobody.
        await device.settle(within: .milliseconds(20))

        let ending = Task {
            await device.settle(within: .seconds(600))
            events.add("settled")
        }
        try await Task.sleep(for: .milliseconds(50))
        release.signal()
        await ending.value
        #expect(events.all == ["begun", "ended", "settled"])
    }

    @Test func identityNamesTheMaker() async throws {
        let fixture = try await KeeperFixture.empty()
        #expect(try await fixture.tpm.device().identify().contains("IBM"))
    }

    @Test(arguments: [
        "", "mssim:host=localhost,port=2321", "swtpm:host=127.0.0.1,port=2321", "swtpm:path=",
        "swtpm:path=/tmp/s,port=1", "device:/dev/mem", "device:/dev/tpm/../mem", "cmd:sh",
        "swtpm:path=/tmp/a=b", "swtpm:path=/tmp/a\nb",
        "swtpm:path=/" + String(repeating: "x", count: 120),
    ])
    func addressesOtherThanSocketsAndDevicesAreRefused(text: String) {
        let error = #expect(throws: TPMError.self) { try TCTIAddress(text) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: [
        "swtpm:path=/tmp/x/s", "swtpm:path=/tmp/Bücher von A..Z/s", "device:/dev/tpmrm0",
        "device:/dev/tpm0",
    ])
    func socketsAndDevicesAreAccepted(text: String) throws {
        #expect(try TCTIAddress(text).text == text)
    }

    @Test func responseCodesReadAsWhatTheyAre() throws {
        let address = try TCTIAddress("device:/dev/tpmrm0")
        let expected: [(UInt32, TPMError.Code)] = [
            (0x921, .lockedOut), (0x98E, .lockedOut), (0x922, .busy), (0x902, .busy),
            (0x1DF, .foreign), (0xA000A, .lost), (0x910, .lost), (0x100, .refused),
            (0x70009, .refused),
        ]
        for (raw, code) in expected {
            let error = TPMError(TPMResponseCode(raw), operation: "Esys_X", address: address)
            #expect(error.code == code, "\(String(raw, radix: 16))")
            #expect(error.description.contains("0x"))
        }
    }
}
