import ContactModel
import Crypto
import Foundation
import Testing

@testable import KeyCustody

@Suite struct CallerAddressTests {
    @Test func anAddressOpensForItsCallerAlone() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let addresses = ["203.0.113.7", "2001:db8::1%eth0", String(repeating: "a", count: 64)]
        let label = "s1:c1023/i1"
        var sealed: [(principal: String, label: String, value: EncryptedValue)] = []
        try await fixture.withKeeper { keeper in
            for address in addresses {
                sealed.append(
                    (
                        "p-1", label,
                        try await keeper.callerAddresses.seal(address, of: "p-1", label: label)
                    ))
            }
            #expect(keeper.subjectCount == 0)
        }
        fixture.tpm.stop()
        try fixture.tpm.start()
        let values = sealed
        try await fixture.withKeeper { keeper in
            #expect(try await keeper.callerAddresses.open(values) == addresses)
            for (principal, label) in [("p-2", label), ("p-1", "s0/i1"), ("p-1", "s1/i1")] {
                let others = values.map { (principal, label, $0.value) }
                #expect(try await keeper.callerAddresses.open(others) == [nil, nil, nil])
            }
            // Nor is it a field's value, and no field's value is one.
            let field = try #require(try await keeper.sealed([.sample(Sample.tag)]).first)
            #expect(try await keeper.callerAddresses.open([("p-1", label, field)]) == [nil])
        }
    }

    /// Written from FORMAT 9.5, not from the code.
    @Test func itIsWhatTheFormatSays() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let value = try await keeper.callerAddresses.seal(
                "203.0.113.7", of: "crm:1", label: "s2/i0")
            let day = try #require(keeper.hierarchy.dayKeys[value.keyId])
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Sample.bytes(day)),
                info: Data("chancery/source-address/v1\n\(value.keyId)\ncrm:1".utf8),
                outputByteCount: 32)
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: value.iv), ciphertext: value.ciphertext,
                tag: value.authTag)
            let opened = try AES.GCM.open(
                box, using: key,
                authenticating: Data(
                    #"["chancery/source-address/v1","crm:1","s2/i0","\#(value.keyId)"]"#.utf8))
            #expect(opened == Data("203.0.113.7".utf8))
        }
    }

    @Test func whatIsNoAddressOrNoCallerIsRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            for (address, principal) in [
                ("", "p"), (String(repeating: "a", count: 65), "p"), ("a", ""), ("a", "p\""),
                ("a", String(repeating: "p", count: 65)),
            ] {
                await #expect {
                    _ = try await keeper.callerAddresses.seal(
                        address, of: principal, label: "s1/i1")
                } throws: {
                    ($0 as? KeyCustodyError)?.code == .invalid
                }
            }
        }
    }

    /// It leaves the keeper, so it is no key of anything that lasts.
    @Test func theKeyOfIntroductionsIsOfOneStart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keys = try await fixture.withKeeper { [$0.introductionKey, $0.introductionKey] }
        #expect(keys[0] == keys[1] && keys[0].count == 32)
        #expect(try await fixture.withKeeper { $0.introductionKey } != keys[0])
    }
}
