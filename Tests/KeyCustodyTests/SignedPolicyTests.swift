import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct SignedPolicyTests {
    private let registers = PlatformRegisters([0: .zero, 16: .zero])

    private func policy() throws -> SignedPolicy {
        try TestPolicy.signer.sign(try #require(registers))
    }

    @Test func fileReadsBack() throws {
        let policy = try policy()
        #expect(try SignedPolicy(policy.canonicalBytes()) == policy)
    }

    /// Whatever an intruder writes into it, nothing reads as the operator's word.
    @Test func everyAlteredByteIsRefused() throws {
        let bytes = try policy().canonicalBytes()
        for offset in bytes.indices {
            var altered = bytes
            altered[offset] ^= 1
            #expect(throws: KeyCustodyError.self, "byte \(offset)") { try SignedPolicy(altered) }
        }
        for length in 0..<bytes.count {
            #expect(throws: KeyCustodyError.self) { try SignedPolicy(Array(bytes.prefix(length))) }
        }
    }

    @Test func aPolicyForAnotherUseIsRefused() throws {
        let text = String(decoding: try policy().canonicalBytes(), as: UTF8.self)
            .replacingOccurrences(of: "chancery/keystore-root/v1", with: "chancery/another/v1")
        let error = #expect(throws: KeyCustodyError.self) { try SignedPolicy(Array(text.utf8)) }
        #expect(error?.message.contains("another use") == true)
    }

    @Test func theRegistersAreWhatIsSigned() throws {
        let signed = try policy()
        let other = try #require(PlatformRegisters([0: .zero, 17: .zero]))
        let moved = SignedPolicy(registers: other, key: signed.key, signature: signed.signature)
        let error = #expect(throws: KeyCustodyError.self) {
            try SignedPolicy(moved.canonicalBytes())
        }
        #expect(error?.message.contains("not signed by") == true)
    }

    @Test(arguments: ["", "0,0", "24", "-1", "0,,1", "0,1,2,3,4,5,6,7,8", "a"])
    func selectionsThatNoPolicyHasAreRefused(text: String) {
        #expect(throws: KeyCustodyError.self) { try PlatformRegisters.indices(text) }
    }

    @Test func valuesAsShownReadBack() throws {
        let registers = try #require(registers)
        #expect(try PlatformRegisters(text: Array(registers.text.utf8)) == registers)
        for text in ["", "0\n", "0 00\n", registers.text + registers.text] {
            #expect(throws: KeyCustodyError.self) { try PlatformRegisters(text: Array(text.utf8)) }
        }
    }

    @Test func keysAreKeptSecretAndNeverWrittenOver() throws {
        let directory = try KeeperFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/policy.key"
        let key = try PolicySigner.make(at: path)
        #expect(try PolicyKey(file: path + ".pub") == key)
        #expect(try PolicySigner(file: path).publicKey == key)
        #expect(throws: KeyCustodyError.self) { try PolicySigner.make(at: path) }
        #expect(chmod(path, 0o640) == 0)
        let error = #expect(throws: KeyCustodyError.self) { try PolicySigner(file: path) }
        #expect(error?.message.contains("chmod 600") == true)
    }
}
