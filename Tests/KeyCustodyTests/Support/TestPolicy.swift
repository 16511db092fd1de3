import CTSS2
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// The operator of the tests, and platforms that change under a keeper.
enum TestPolicy {
    static let signer = PolicySigner()
    /// 16 is for debugging: any locality may extend it, and no firmware does.
    static let registers = [0, 7, 16]

    /// Of the platform as it is.
    static func signed(
        _ device: TPMDevice, by signer: PolicySigner = signer
    ) async throws -> SignedPolicy {
        try signer.sign(try await device.registers(registers))
    }

    static func install(_ fixture: KeeperFixture, by signer: PolicySigner = signer) async throws {
        try await install(fixture.tpm, in: fixture.keys, by: signer)
    }

    /// - Parameter keys: made if it is not there.
    static func install(
        _ tpm: SoftwareTPM, in keys: String, by signer: PolicySigner = signer
    ) async throws {
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        _ = try InstalledPolicies.install(
            try await signed(tpm.device(), by: signer), in: keys)
    }

    /// What another firmware would measure.
    static func extend(_ tpm: SoftwareTPM, register: UInt32 = 16) throws {
        let connection = try TPMConnection(TCTIAddress(tpm.address))
        var digests = TPML_DIGEST_VALUES()
        digests.count = 1
        digests.digests.0.hashAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        withUnsafeMutableBytes(of: &digests.digests.0.digest) { bytes in
            for index in 0..<32 { bytes[index] = 0x5A }
        }
        try connection.check("Esys_PCR_Extend") { esys in
            Esys_PCR_Extend(
                esys, register, ESYS_TR(ESYS_TR_PASSWORD), TPMConnection.none, TPMConnection.none,
                &digests)
        }
    }
}
