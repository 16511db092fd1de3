import CryptoExtras
import Foundation
import LedgerFormat
import TestSupport
import Testing

@Suite struct SegmentManifestTests {
    static func body(segment: UInt64 = 2) throws -> SegmentManifestBody {
        try SegmentManifestBody(
            segment: segment, generation: 1, origin: Fixtures.origin, firstIndex: 100, count: 50,
            firstLeafHash: Fixtures.digest(1), lastLeafHash: Fixtures.digest(2),
            root: Fixtures.digest(3), subjectHeadsRoot: Fixtures.digest(4),
            fileHash: Fixtures.digest(5), fileSize: 65_536,
            previousManifestHash: segment == 1 ? nil : Fixtures.digest(6),
            sealedAt: Fixtures.time())
    }

    static func manifest(
        segment: UInt64 = 2, attestation: SegmentAttestation? = nil
    ) throws -> SegmentManifest {
        let body = try body(segment: segment)
        return SegmentManifest(
            body: body,
            signature: try SegmentManifestSignature(
                keyID: SPKI.keyID(RSAKeys.spki()),
                value: RSAKeys.sign(body.signingInput())),
            attestation: attestation)
    }

    @Test(arguments: [1, 2] as [UInt64]) func signedManifestReadsBackAndVerifies(segment: UInt64)
        throws
    {
        let manifest = try Self.manifest(segment: segment)
        let file = manifest.fileBytes()
        #expect(try CanonicalJSON.write(CanonicalJSON.read(file)) == file)
        let reread = try SegmentManifest(parsing: file)
        #expect(reread == manifest)
        #expect(reread.body.treeSize == 150)
        #expect(reread.hash == manifest.hash)
        try reread.verifySignature(spki: RSAKeys.spki())
        #expect(
            try SegmentManifestBody(canonical: manifest.body.canonicalBytes()) == manifest.body)
    }

    @Test func noChangedByteOfAManifestGoesUnseen() throws {
        let manifest = try Self.manifest()
        let file = manifest.fileBytes()
        let spki = try RSAKeys.spki()
        for position in file.indices {
            for flip in [0x01, 0x02, 0x20] as [UInt8] {
                var mutated = file
                mutated[position] ^= flip
                #expect(throws: SegmentManifestError.self) {
                    let other = try SegmentManifest(parsing: mutated)
                    #expect(other.fileBytes() == mutated)
                    #expect(other.hash != manifest.hash)
                    try other.verifySignature(spki: spki)
                }
            }
        }
    }

    @Test func noChangedByteOfAnAttestationGoesUnseen() throws {
        var tpm = TestTPM()
        let manifest = try Self.manifest(attestation: tpm.attest(Self.body()))
        let file = manifest.fileBytes()
        #expect(try SegmentManifest(parsing: file) == manifest)
        let end = try #require(file.firstRange(of: Array(",\"manifest\"".utf8))).lowerBound
        for position in 0..<end {
            for flip in [0x01, 0x02, 0x20] as [UInt8] {
                var mutated = file
                mutated[position] ^= flip
                #expect(throws: SegmentManifestError.self, "byte \(position)") {
                    let other = try SegmentManifest(parsing: mutated)
                    #expect(other.fileBytes() == mutated)
                    #expect(other.hash != manifest.hash)
                    let attestation = try #require(other.attestation)
                    try attestation.verifyStatements(of: other.body)
                    try attestation.verifySignatures(spki: tpm.spki)
                }
            }
        }
    }

    @Test(arguments: [
        ("\"none\"", "\"quote\""), ("\"count\":50", "\"count\":0"),
        ("\"count\":50", "\"count\":51"),
        ("\"format\":1", "\"format\":2"), ("\"segment\":2", "\"segment\":1"),
        ("\"segment\":2", "\"segment\":100000000"), ("\"segment\":2", "\"segment\":0"),
        ("/g1\"", "/g2\""), ("\"fileSize\":65536", "\"fileSize\":0"),
        ("\"treeSize\":150", "\"treeSize\":151"), ("RSASSA-PSS-4096-SHA256", "RSASSA-PSS"),
        (",\"treeSize\":150", ""), ("{\"attestation\"", "{\"a\":1,\"attestation\""),
        ("\"fileSize\":65536", "\"fileSize\":\"65536\""), ("}}", "}}\n"),
    ]) func brokenManifestsAreRefused(part: String, replacement: String) throws {
        let text = String(decoding: try Self.manifest().fileBytes(), as: UTF8.self)
        let range = try #require(text.range(of: part, options: .backwards))
        let broken = text.replacingCharacters(in: range, with: replacement)
        #expect(throws: SegmentManifestError.self) {
            try SegmentManifest(parsing: Array(broken.utf8))
        }
    }

    @Test func manifestOfAnotherKeyIsNamed() throws {
        let manifest = try Self.manifest()
        #expect(throws: SegmentManifestError.otherKey(keyID: manifest.signature.keyID)) {
            try manifest.verifySignature(spki: try #require(StrictBase64.decode(RSAVectors.spki)))
        }
        #expect(throws: SegmentManifestError.self) {
            try SegmentManifestSignature(keyID: "0011", value: manifest.signature.value)
        }
        #expect(throws: SegmentManifestError.self) {
            try SegmentManifestSignature(keyID: manifest.signature.keyID, value: [1])
        }
    }

    @Test func subjectHeadsAreALeafEach() throws {
        let head = SubjectHeads.Head(
            tag: try Fixtures.tag(0xAB), stream: .contact, lastIndex: 12, version: 3)
        let text = "[\"\(String(repeating: "ab", count: 16))\",\"contact\",12,3]"
        #expect(head.leafHash == MerkleTree.leafHash(Array(text.utf8)))
        #expect(try CanonicalJSON.write(CanonicalJSON.read(Array(text.utf8))) == Array(text.utf8))
        let next = SubjectHeads.Head(
            tag: try Fixtures.tag(0xAB), stream: .dsr, lastIndex: 1, version: 1)
        let root = try SubjectHeads.root(sorted: [head, next])
        #expect(
            root
                == MerkleTree.nodeHash(
                    head.leafHash, next.leafHash))
        #expect(throws: SubjectHeadsError.notSorted) {
            try SubjectHeads.root(sorted: [next, head])
        }
        #expect(throws: SubjectHeadsError.notSorted) {
            try SubjectHeads.root(sorted: [head, head])
        }
        #expect(try SubjectHeads.root(sorted: []) == MerkleTree.emptyRoot)
    }
}
