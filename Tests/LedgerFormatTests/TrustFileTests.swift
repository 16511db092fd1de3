import Crypto
import Foundation
import LedgerFormat
import TestSupport
import Testing

@Suite struct TrustFileTests {
    static let logKey = [UInt8](repeating: 7, count: 32)

    static func key(
        _ name: String = "chancery.test/g1", from: UInt64 = 0, until: UInt64? = nil,
        publicKey: [UInt8] = logKey
    ) throws -> TrustedKey {
        try TrustedKey(
            use: .checkpoint, algorithm: .ed25519, name: name, publicKey: publicKey, fromSize: from,
            untilSize: until)
    }

    static func file() throws -> TrustFile {
        let manifest = try TrustedKey(
            use: .segmentManifest, algorithm: .rsaPSS4096, name: "KEK-AUDIT",
            publicKey: #require(StrictBase64.decode(RSAVectors.spki)), fromSize: 0, untilSize: 900)
        let later = [UInt8](repeating: 8, count: 32)
        return try TrustFile(generations: [
            .init(
                generation: 1, origin: "chancery.test/g1",
                keys: [
                    key(until: 100), key(from: 90, publicKey: later), manifest,
                    TrustedKey(
                        use: .checkpoint, algorithm: .ecdsaP256, name: "chancery.test/g1",
                        publicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation),
                        fromSize: 500, untilSize: nil),
                    TestTPM().trustedKey(fromSize: 300),
                ]),
            .init(generation: 3, origin: "chancery.test/g3", keys: [key("chancery.test/g3")]),
        ])
    }

    @Test func fileReadsBack() throws {
        let file = try Self.file()
        let bytes = try file.encoded()
        #expect(bytes.last == 0x0A)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"untilSize\" : null"))
        #expect(try TrustFile(parsing: bytes) == file)
        #expect(try TrustFile(parsing: Data(bytes)) == file)
        let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "sealCounter")
        #expect(parts.count == 2, "only where it has a meaning")
    }

    @Test func attestationKeySignsNoNotes() throws {
        let tpm = TestTPM()
        let key = try tpm.trustedKey()
        #expect(key.noteKey == nil)
        #expect(key.keyID == SPKI.keyID(tpm.spki))
        #expect(key.keyID.utf8.count == 16)
        #expect(key.sealCounter == tpm.counterName)
        #expect(throws: TrustFileError.self) {
            try TrustedKey(
                use: .attestation, algorithm: .ecdsaP256, name: "AK", publicKey: tpm.spki,
                fromSize: 0, untilSize: nil)
        }
        #expect(throws: TrustFileError.self) {
            try TrustedKey(
                use: .checkpoint, algorithm: .ecdsaP256, name: "AK", publicKey: tpm.spki,
                fromSize: 0, untilSize: nil, sealCounter: tpm.counterName)
        }
        #expect(throws: TrustFileError.self) { try tpm.trustedKey(sealCounter: [0, 0x0B]) }
    }

    @Test func keysCountOnlyInTheirRange() throws {
        let file = try Self.file()
        #expect(file.checkpointKeys(generation: 1, size: 0).count == 1)
        #expect(file.checkpointKeys(generation: 1, size: 90).count == 2)
        #expect(file.checkpointKeys(generation: 1, size: 100).count == 2)
        #expect(file.checkpointKeys(generation: 1, size: 101).count == 1)
        #expect(file.checkpointKeys(generation: 1, size: 500).count == 2)
        #expect(file.checkpointKeys(generation: 2, size: 1).isEmpty)
        #expect(file.checkpointKeys(generation: 9, size: 1).isEmpty)
    }

    @Test(arguments: [
        ("chancery-trust/1", "chancery-trust/2"), ("\"generation\" : 1", "\"generation\" : 2"),
        ("\"generation\" : 1", "\"generation\" : 0"), ("\"generation\" : 1", "\"generation\" : -1"),
        ("\"generation\" : 3", "\"generation\" : 1"),
        ("\"origin\" : \"chancery.test/g1\"", "\"origin\" : \"chancery.test\""),
        ("\"origin\" : \"chancery.test/g1\"", "\"origin\" : \"other.test/g1\""),
        ("\"algorithm\" : \"Ed25519\"", "\"algorithm\" : \"Ed448\""),
        ("\"algorithm\" : \"Ed25519\"", "\"algorithm\" : \"RSASSA-PSS-4096-SHA256\""),
        ("\"use\" : \"checkpoint\"", "\"use\" : \"segment-manifest\""),
        ("\"use\" : \"checkpoint\"", "\"use\" : \"everything\""),
        ("\"fromSize\" : 90", "\"fromSize\" : 9007199254740992"),
        ("\"fromSize\" : 90", "\"fromSize\" : -1"),
        ("\"untilSize\" : 100", "\"untilSize\" : -1"), ("\"fromSize\" : 90", "\"from\" : 90"),
        ("\"untilSize\" : 100", "\"untilSize\" : 100, \"note\" : 1"), ("\"BwcHBw", "\"CwcHBw"),
        ("\"BwcHBw", "\"BwcHB"), ("BwcHBwc=", "BwcHBwd="), ("\"keyId\" : \"", "\"keyId\" : \"0"),
        ("\"keys\"", "\"locks\""), ("{", "["),
        ("\"use\" : \"attestation\"", "\"use\" : \"checkpoint\""),
        ("\"use\" : \"checkpoint\"", "\"use\" : \"attestation\""),
        ("\"sealCounter\" : \"000b", "\"sealCounter\" : \"000c"),
        ("\"sealCounter\" : \"000b", "\"sealCounter\" : \"000B"),
        ("\"sealCounter\" : \"000b", "\"sealCounter\" : \"0b"),
        ("\"sealCounter\" : \"000b", "\"sealCounters\" : \"000b"),
        ("\"fromSize\" : 90", "\"fromSize\" : 90, \"sealCounter\" : null"),
        (
            "\"fromSize\" : 90",
            "\"fromSize\" : 90, \"sealCounter\" : \"000b\(String(repeating: "c1", count: 32))\""
        ),
    ]) func brokenTrustFilesAreRefused(part: String, replacement: String) throws {
        let text = String(decoding: try Self.file().encoded(), as: UTF8.self)
        let range = try #require(text.range(of: part), "\(part)")
        let broken = text.replacingCharacters(in: range, with: replacement)
        #expect(throws: TrustFileError.self) { try TrustFile(parsing: Array(broken.utf8)) }
    }

    @Test func emptyHugeAndDeepFilesAreRefused() throws {
        #expect(throws: TrustFileError.self) { try TrustFile(parsing: [UInt8]()) }
        #expect(throws: TrustFileError.self) { try TrustFile(generations: []) }
        #expect(throws: TrustFileError.tooLarge) {
            try TrustFile(parsing: [UInt8](repeating: 0x20, count: (1 << 20) + 1))
        }
        #expect(throws: TrustFileError.self) {
            try TrustFile(parsing: [UInt8](repeating: 0x5B, count: 1 << 20))
        }
    }

    @Test func contradictoryKeysAreRefused() throws {
        #expect(throws: TrustFileError.self) { try Self.key(from: 5, until: 4) }
        #expect(throws: TrustFileError.self) { try Self.key(publicKey: [1, 2, 3]) }
        #expect(throws: TrustFileError.self) {
            try TrustFile(generations: [
                .init(
                    generation: 1, origin: "chancery.test/g1",
                    keys: [Self.key(), Self.key(from: 5)])
            ])
        }
    }
}
