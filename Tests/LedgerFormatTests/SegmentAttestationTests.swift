import Crypto
import Foundation
import LedgerFormat
import TestSupport
import Testing

/// FORMAT 5.4, of one attestation alone. What follows from seal to seal: LedgerVerificationTests.
@Suite struct SegmentAttestationTests {
    @Test func attestationReadsBackAndVerifies() throws {
        var tpm = TestTPM()
        let body = try SegmentManifestTests.body()
        let attestation = try tpm.attest(body)
        #expect(attestation.counter == tpm.counter)
        #expect(attestation.counterName == tpm.counterName)
        #expect(attestation.registers.map(\.index) == [0, 7, 23])
        #expect(attestation.clocks.map(\.clock) == [61_000, 61_005])
        try attestation.verifyStatements(of: body)
        try attestation.verifySignatures(spki: tpm.spki)
        let bytes = attestation.canonicalBytes()
        #expect(try CanonicalJSON.write(CanonicalJSON.read(bytes)) == bytes)
        #expect(try SegmentAttestation(canonical: bytes) == attestation)
        let manifest = try SegmentManifestTests.manifest(attestation: attestation)
        let reread = try SegmentManifest(parsing: manifest.fileBytes())
        #expect(reread == manifest)
        #expect(reread.hash != (try SegmentManifestTests.manifest().hash))
    }

    @Test func attestationOfAnotherManifestOrKeyIsRefused() throws {
        var tpm = TestTPM()
        let attestation = try tpm.attest(try SegmentManifestTests.body())
        #expect(throws: SegmentManifestError.self) {
            try attestation.verifyStatements(of: try SegmentManifestTests.body(segment: 1))
        }
        #expect(throws: SegmentManifestError.otherKey(keyID: attestation.keyID)) {
            try attestation.verifySignatures(spki: TestTPM().spki)
        }
        #expect(throws: SegmentManifestError.otherKey(keyID: attestation.keyID)) {
            try attestation.verifySignatures(spki: [])
        }
    }

    @Test(arguments: [[], [0, 0], [1, 0], [-1], [24], Array(0...24)] as [[Int]])
    func registersOutOfRuleAreRefused(_ indices: [Int]) throws {
        var tpm = TestTPM()
        let attestation = try tpm.attest(try SegmentManifestTests.body())
        #expect(throws: SegmentManifestError.self) {
            try SegmentAttestation(
                keyID: attestation.keyID, certify: attestation.certify, quote: attestation.quote,
                registers: indices.map { .init(index: $0, value: .zero) })
        }
    }

    /// Some TPMs write the number, some all 32 bytes.
    @Test func signatureWithoutLeadingZerosHolds() throws {
        var tpm = TestTPM()
        let body = try SegmentManifestTests.body()
        let seal = tpm.seal(body)
        let bytes = seal.quote.bytes
        var short: TPMSignature?
        while short == nil {
            let raw = Array(
                try tpm.key.signature(for: SHA256.hash(data: bytes)).rawRepresentation)
            guard raw[0] == 0 else { continue }
            let parts = TPMBytes.sized(Array(raw[1..<32])) + TPMBytes.sized(Array(raw[32...]))
            short = try TPMSignature(parsing: [0, 0x18, 0, 0x0B] + parts)
            #expect(short?.rawRepresentation == raw)
        }
        let signature = try #require(short)
        #expect(signature.r.count == 31)
        #expect(AttestationKey.verify(signature: signature, message: bytes, spki: tpm.spki))
        #expect(!AttestationKey.verify(signature: signature, message: bytes + [0], spki: tpm.spki))
    }

    @Test func everyTruncationIsRefused() throws {
        var tpm = TestTPM()
        let attestation = try tpm.attest(try SegmentManifestTests.body())
        for statement in [attestation.certify, attestation.quote] {
            for count in statement.attest.indices {
                #expect(throws: TPMStructureError.self) {
                    try TPMAttest(parsing: Array(statement.attest.prefix(count)))
                }
            }
            for count in statement.signature.indices {
                #expect(throws: TPMStructureError.self) {
                    try TPMSignature(parsing: Array(statement.signature.prefix(count)))
                }
            }
        }
    }

    @Test func whatIsWrongIsNamedAsTheSpecificationNamesIt() throws {
        var statement = TPMStatement(
            certify: .certify(indexName: TestTPM().counterName, counter: 1),
            extraData: [UInt8](repeating: 2, count: 32))
        statement.safe = 2
        let error = #expect(throws: TPMStructureError.self) {
            try TPMAttest(parsing: statement.bytes)
        }
        #expect(error?.field == "safe")
        #expect(error?.code == "tpm-structure-malformed")
        #expect(error?.message.contains("FORMAT 5.4") == true)
    }

    @Test func sizesBeyondTheBytesOrTheBoundsAreRefused() throws {
        var statement = TPMStatement(
            quote: .quote(registers: [0], digest: [UInt8](repeating: 1, count: 32)),
            extraData: [UInt8](repeating: 2, count: 32))
        statement.qualifiedSigner = [UInt8](repeating: 3, count: 66)
        #expect(try TPMAttest(parsing: statement.bytes).qualifiedSigner.count == 66)
        statement.qualifiedSigner.append(3)
        #expect(throws: TPMStructureError.self) { try TPMAttest(parsing: statement.bytes) }
        statement.qualifiedSigner = []
        var bytes = statement.bytes
        bytes.replaceSubrange(6..<8, with: [0xFF, 0xFF])
        #expect(throws: TPMStructureError.self) { try TPMAttest(parsing: bytes) }
        #expect(throws: TPMStructureError.self) {
            try TPMSignature(
                parsing: [0, 0x18, 0, 0x0B] + TPMBytes.sized([]) + TPMBytes.sized([1]))
        }
    }
}
