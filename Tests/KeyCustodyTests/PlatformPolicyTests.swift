import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// The keystore opens where an operator approved of the platform, and nowhere else.
@Suite struct PlatformPolicyTests {
    private func refusal(_ fixture: KeeperFixture) async -> KeyCustodyError? {
        await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
    }

    private func policyFiles(_ fixture: KeeperFixture) throws -> [String] {
        try InstalledPolicies.names(in: fixture.keys).map { "\(fixture.keys)/\($0)" }
    }

    @Test func aChangedPlatformNeedsANewlySignedPolicyAndNoNewSeal() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let sealed = try fixture.files()["root.sealed"]
        try TestPolicy.extend(fixture.tpm)
        let error = await refusal(fixture)
        #expect(error?.code == .cannotStart && error?.tpm?.code == .unapproved)
        let now = try await fixture.tpm.device().registers([16])
        #expect(error?.description.contains("PCR 16 is \(try #require(now.values[16]))") == true)
        let status = try await TPMStatus.take(try fixture.tpm.device(), keys: fixture.keys)
        #expect(status.problems.contains { $0.contains("PCR 16") })
        #expect(status.policies.map(\.matches) == [false])

        let installation = PolicyInstallation(keys: fixture.keys, tpm: try fixture.tpm.device())
        let file = fixture.home + "/signed"
        let signed = try await TestPolicy.signed(fixture.tpm.device()).canonicalBytes()
        try Data(signed).write(to: URL(fileURLWithPath: file))
        let lines = try await installation.install(file)
        #expect(lines.contains { $0.contains("of this platform") })
        try await fixture.withKeeper { _ in }
        #expect(try fixture.files()["root.sealed"] == sealed)
    }

    /// Old and new lie side by side, so that an update can be gone back on.
    @Test func thePolicyOfAnUpdateIsInstalledBeforeIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let device = try fixture.tpm.device()
        let other = try await KeeperFixture.provisioned()
        try TestPolicy.extend(other.tpm)
        let file = fixture.home + "/signed"
        let signed = try await TestPolicy.signed(other.tpm.device()).canonicalBytes()
        try Data(signed).write(to: URL(fileURLWithPath: file))
        let installation = PolicyInstallation(keys: fixture.keys, tpm: device)
        let lines = try await installation.install(file)
        #expect(lines.contains { $0.contains("another platform") })
        try await fixture.withKeeper { _ in }
        try TestPolicy.extend(fixture.tpm)
        try await fixture.withKeeper { _ in }
    }

    @Test func aPolicyByAnotherKeyIsRefusedAndNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try TestPolicy.extend(fixture.tpm)
        let stranger = PolicySigner()
        let file = fixture.home + "/signed"
        let signed = try await TestPolicy.signed(fixture.tpm.device(), by: stranger)
        try Data(signed.canonicalBytes()).write(to: URL(fileURLWithPath: file))
        let installation = PolicyInstallation(keys: fixture.keys, tpm: try fixture.tpm.device())
        let refused = await #expect(throws: KeyCustodyError.self) {
            _ = try await installation.install(file)
        }
        #expect(refused?.message.contains(stranger.publicKey.name) == true)
        #expect(refused?.message.contains(TestPolicy.signer.publicKey.name) == true)
        // Put there all the same.
        try await TestPolicy.install(fixture, by: stranger)
        let error = await refusal(fixture)
        #expect(error?.tpm?.code == .unapproved)
        #expect(error?.message.contains(stranger.publicKey.name) == true)
    }

    /// The TPM itself refuses, whatever the keystore says of whose policies count.
    @Test func anotherKeyWrittenIntoTheKeystoreOpensNothing() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let stranger = PolicySigner()
        for file in try policyFiles(fixture) { unlink(file) }
        try await TestPolicy.install(fixture, by: stranger)
        try fixture.tamper(
            "UPDATE policy_key SET public_key = ?", [Data(stranger.publicKey.spki)])
        let error = await refusal(fixture)
        #expect(error?.code == .cannotStart && error?.tpm?.code == .foreign)
    }

    /// A signature that the TPM is told of and that is not the key's gives no ticket.
    @Test func theTPMChecksTheSignatureItself() async throws {
        let fixture = try await KeeperFixture.empty()
        let device = try fixture.tpm.device()
        let blob = try await device.seal(.random(count: 32))
        let good = try await TestPolicy.signed(device)
        var signature = good.signature
        signature[40] ^= 1
        let forged = SignedPolicy(
            registers: good.registers, key: good.key, signature: signature)
        await #expect(throws: TPMError.self) { _ = try await device.unseal(blob, [forged]) }
        let theirs = PolicySigner()
        let other = try await TestPolicy.signed(device, by: theirs)
        let error = await #expect(throws: TPMError.self) {
            _ = try await device.unseal(blob, [other])
        }
        #expect(error?.code == .foreign)
        _ = try await device.unseal(blob, [good])
    }

    /// Before it was sealed to that key for good.
    @Test func theNextRootIsSealedToNoKeyThatSomebodyWroteInMeanwhile() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let mac = try fixture.blob("SELECT mac FROM policy_key")
        try fixture.tamper("UPDATE policy_key SET mac = zeroblob(32)")
        let error = await refusal(fixture)
        #expect(error?.code == .corrupt && error?.message.contains("policy_key") == true)
        try fixture.tamper("UPDATE policy_key SET mac = ?", [mac])
        try await fixture.withKeeper { _ in }
    }

    @Test func damagedAndHalfInstalledFilesKeepNoOtherFromCounting() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let good = try Data(
            contentsOf: URL(fileURLWithPath: try #require(try policyFiles(fixture).first)))
        for (name, bytes) in [
            ("policy-0000000000000000", good.prefix(100)), ("policy-0000000000000001.tmp", good),
            ("policy-0000000000000002", Data(count: 1 << 20)),
        ] {
            try bytes.write(to: URL(fileURLWithPath: "\(fixture.keys)/\(name)"))
        }
        try await fixture.withKeeper { _ in }
        let status = try await TPMStatus.take(try fixture.tpm.device(), keys: fixture.keys)
        #expect(status.policies.count == 1)
        #expect(status.problems.count { $0.contains("keys/policy-") } == 2)
    }

    @Test func aFirstStartWithoutAPolicyMakesNothing() async throws {
        let fixture = try await KeeperFixture.empty()
        for file in try policyFiles(fixture) { unlink(file) }
        let error = await refusal(fixture)
        #expect(error?.message.contains("--policy-key") == true)
        try await TestPolicy.install(fixture)
        try TestPolicy.extend(fixture.tpm)
        #expect(await refusal(fixture)?.tpm?.code == .unapproved)
        #expect(try fixture.files().keys.filter { !$0.hasPrefix("policy-") } == ["lock"])
        try await TestPolicy.install(fixture, by: PolicySigner())
        #expect(await refusal(fixture)?.message.contains("different keys") == true)
    }

    /// The next root is sealed to the same key: no operator is needed for an erasure, nor can one skip it.
    @Test func anErasureKeepsToTheOperatorsKey() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let old = try SealedRoot(fileBytes: Array(try #require(fixture.files()["root.sealed"])))
        let orders = ErasureOrders()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            _ = try await keeper.eraser.erase([try await orders.order(tag, keeper)])
        }
        try await fixture.withKeeper { _ in }
        try TestPolicy.extend(fixture.tpm)
        #expect(await refusal(fixture)?.tpm?.code == .unapproved)
        try await TestPolicy.install(fixture)
        try await fixture.withKeeper { _ in }
        let device = try fixture.tpm.device()
        let error = await #expect(throws: TPMError.self) { _ = try await device.unseal(old) }
        #expect(error?.code == .superseded)
    }
}
