import Foundation
import LedgerFormat
import Testing

/// Tests/Vectors/tpm_sample.json: seals attested by a real TPM 2.0 implementation through tpm2-tools, as
/// make_tpm_sample.py says. The TPM was restarted before the third, and PCR 7 extended.
@Suite struct TPMSampleTests {
    struct Sample: Decodable {
        struct Seal: Decodable {
            let body: String
            let attestation: String
        }

        let spki: Data
        let sealCounter: String
        let seals: [Seal]
    }

    static func load() throws -> Sample {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/tpm_sample.json")
        return try JSONDecoder().decode(Sample.self, from: Data(contentsOf: path))
    }

    @Test func whatARealTPMSignsIsReadAndVerified() throws {
        let sample = try Self.load()
        let key = try TrustedKey(
            use: .attestation, algorithm: .ecdsaP256, name: "AK", publicKey: Array(sample.spki),
            fromSize: 0, untilSize: nil, sealCounter: LowerHex.decode(sample.sealCounter))
        var attestations: [SegmentAttestation] = []
        for seal in sample.seals {
            let body = try SegmentManifestBody(canonical: Array(seal.body.utf8))
            let attestation = try SegmentAttestation(canonical: Array(seal.attestation.utf8))
            #expect(attestation.canonicalBytes() == Array(seal.attestation.utf8))
            try attestation.verifyStatements(of: body)
            try attestation.verifySignatures(spki: key.publicKey)
            #expect(attestation.keyID == key.keyID)
            #expect(attestation.counterName == key.sealCounter)
            #expect(attestation.registers.map(\.index) == [0, 7, 14, 23])
            attestations.append(attestation)
        }
        try #require(attestations.count == 3)
        for (before, after) in zip(attestations, attestations.dropFirst()) {
            #expect(after.counter == before.counter + 1)
            for clock in before.clocks {
                #expect(after.clocks.allSatisfy { clock.precedes($0) && !$0.precedes(clock) })
            }
        }
        #expect(attestations[0].clocks[0].isOfOneRun(with: attestations[1].clocks[1]))
        #expect(attestations[2].clocks[0].resetCount == attestations[1].clocks[0].resetCount + 1)
        #expect(attestations[0].registers == attestations[1].registers)
        #expect(attestations[1].registers[1] != attestations[2].registers[1])
    }
}
