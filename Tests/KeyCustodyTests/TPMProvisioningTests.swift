import Foundation
import Testing

@testable import KeyCustody

@Suite struct TPMProvisioningTests {
    private func provisioning(
        _ fixture: KeeperFixture, _ file: String? = nil
    ) throws -> TPMProvisioning {
        TPMProvisioning(
            try TCTIAddress(fixture.tpm.address), patience: .seconds(300), authorizationFile: file)
    }

    private func status(_ fixture: KeeperFixture) async throws -> TPMStatus {
        try await TPMStatus.take(try fixture.tpm.device(), keys: fixture.keys)
    }

    @Test func provisioningIsSafeToRepeat() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let provisioning = try provisioning(fixture)
        let first = try await provisioning.prepare(setsAuthorizations: false)
        #expect(first.count == 1 && first.first?.contains("as before") == false)
        let again = try await provisioning.prepare(setsAuthorizations: false)
        #expect(again.first?.contains("as before") == true)
        let keys = try await provisioning.makeKeys(
            in: fixture.keys, logName: KeeperFixture.logName)
        #expect(keys.contains("this TPM opens them"))
        let status = try await status(fixture)
        #expect(status.lockout.maxTries == 32 && status.lockout.recoverySeconds == 600)
        #expect(status.authorizations.owner == false)
        #expect(status.counters.count == 3)
    }

    /// From then on only who has the file gets at the hierarchies, and the keeper with it works as before.
    @Test func withAuthorizationsTheKeeperNeedsTheirFile() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let file = fixture.home + "/authorizations"
        let provisioning = try provisioning(fixture, file)
        _ = try await provisioning.prepare(setsAuthorizations: true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        var info = stat()
        #expect(stat(file, &info) == 0 && info.st_mode & 0o777 == 0o600)
        var status = try await status(fixture)
        #expect(
            status.authorizations.owner && status.authorizations.endorsement
                && status.authorizations.lockout)
        #expect(status.problems.contains { $0.contains("--authorizations") })

        let refused = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(refused?.tpm?.code == .lockedOut)
        for _ in 0..<2 {
            let keys = try await provisioning.makeKeys(
                in: fixture.keys, logName: KeeperFixture.logName)
            #expect(keys.contains("this TPM opens them"))
            let again = try await provisioning.prepare(setsAuthorizations: true)
            #expect(again.count { $0.contains("set before") } == 3)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
        let device = try provisioning.device()
        let (counter, authorization) = try await device.newCounter()
        let value = try await device.value(of: counter)
        _ = try await device.advance(counter, to: value + 1, authorization: authorization)
        _ = try await device.attest(.zero, counter)
        status = try await TPMStatus.take(device, keys: fixture.keys)
        #expect(status.problems == [])
    }

    /// A first start on a TPM whose hierarchies are closed already.
    @Test func keysAreMadeUnderAuthorizations() async throws {
        let fixture = try await KeeperFixture.empty()
        let provisioning = try provisioning(fixture, fixture.home + "/authorizations")
        _ = try await provisioning.prepare(setsAuthorizations: true)
        let keys = try await provisioning.makeKeys(
            in: fixture.keys, logName: KeeperFixture.logName)
        #expect(keys.contains("made"))
    }

    /// The file was durable, the TPM had heard of the first value alone.
    @Test func anInterruptedProvisioningGoesOnWithItsFile() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let file = fixture.home + "/authorizations"
        let drawn = TPMAuthorizations.random()
        try drawn.write(file)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let lockout = try #require(drawn[.lockout])
        let connection = try TPMConnection(TCTIAddress(fixture.tpm.address))
        try connection.changeAuthorization(of: .lockout, to: lockout)
        let lines = try await provisioning(fixture, file).prepare(setsAuthorizations: true)
        #expect(lines.contains { $0.contains("lockout authorization: set before") })
        #expect(lines.contains { $0.contains("owner authorization: set") })
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
        #expect(try await status(fixture).authorizations.endorsement)
    }

    /// One wrong try would shut the lockout authorization for a day.
    @Test func aLockoutAuthorizationIsNeverGuessed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let file = fixture.home + "/authorizations"
        _ = try await provisioning(fixture, file).prepare(setsAuthorizations: true)
        // A file that is not there is not filled with guesses either.
        let other = fixture.home + "/other"
        let refused = await #expect(throws: TPMError.self) {
            _ = try await provisioning(fixture, other).prepare(setsAuthorizations: true)
        }
        #expect(refused?.code == .refused && !FileManager.default.fileExists(atPath: other))
        #expect(try await !status(fixture).lockout.active)
        let error = await #expect(throws: TPMError.self) {
            try await provisioning(fixture).clearLockout()
        }
        #expect(error?.code == .lockedOut && error?.responseCode == nil)
        try await provisioning(fixture, file).clearLockout()
    }

    @Test(arguments: [
        "", "chancery-tpm-authorizations 2\n", "chancery-tpm-authorizations 1\nowner\n",
        "chancery-tpm-authorizations 1\nowner 0\n", "chancery-tpm-authorizations 1\nowner GG\n",
        "chancery-tpm-authorizations 1\nowner 00\nowner 00\n",
        "chancery-tpm-authorizations 1\nplatform 00\n",
        "chancery-tpm-authorizations 1\nowner " + String(repeating: "0", count: 66) + "\n",
    ])
    func whatIsNoFileOfAuthorizationsIsRefused(text: String) throws {
        let path = "/tmp/ckauth-\(UUID().uuidString)"
        defer { unlink(path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, 0o600) == 0)
        let error = #expect(throws: TPMError.self) { _ = try TPMAuthorizations.read(path) }
        #expect(error?.code == .malformed)
    }

    @Test func aFileThatOthersMayReadIsRefused() throws {
        let path = "/tmp/ckauth-\(UUID().uuidString)"
        defer { unlink(path) }
        try TPMAuthorizations.random().write(path)
        #expect(try TPMAuthorizations.read(path)[.owner]?.count == 32)
        #expect(chmod(path, 0o640) == 0)
        let error = #expect(throws: TPMError.self) { _ = try TPMAuthorizations.read(path) }
        #expect(error?.hint.contains("chmod 600") == true)
    }
}
