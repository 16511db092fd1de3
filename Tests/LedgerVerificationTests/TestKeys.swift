import Crypto
import CryptoExtras
import Foundation
import LedgerFormat

/// Keys of a test ledger. The RSA key takes seconds to make and is made once.
struct TestKeys: Sendable {
    static let origin = "test.localhost/g1"
    static let auditKey: Result<_RSA.Signing.PrivateKey, any Error> = Result {
        try _RSA.Signing.PrivateKey(keySize: .init(bitCount: 4_096))
    }

    let log: Curve25519.Signing.PrivateKey
    let audit: _RSA.Signing.PrivateKey

    init() throws {
        log = Curve25519.Signing.PrivateKey()
        audit = try Self.auditKey.get()
    }

    func logKey(
        fromSize: UInt64 = 0, untilSize: UInt64? = nil, origin: String = TestKeys.origin
    ) throws -> TrustedKey {
        try TrustedKey(
            use: .checkpoint, algorithm: .ed25519, name: origin,
            publicKey: Array(log.publicKey.rawRepresentation), fromSize: fromSize,
            untilSize: untilSize)
    }

    func manifestKey() throws -> TrustedKey {
        try TrustedKey(
            use: .segmentManifest, algorithm: .rsaPSS4096, name: "KEK-AUDIT",
            publicKey: Array(audit.publicKey.derRepresentation), fromSize: 0, untilSize: nil)
    }

    func note(size: UInt64, root: Digest32, origin: String = TestKeys.origin) throws -> [UInt8] {
        let checkpoint = try Checkpoint(origin: origin, size: size, root: root)
        let key = try Test.unwrap(
            NoteKey.ed25519(name: origin, publicKey: Array(log.publicKey.rawRepresentation)))
        return try checkpoint.signedNote(keyName: origin, keyID: key.keyID) {
            Array(try log.signature(for: $0))
        }.bytes
    }

    func manifest(_ body: SegmentManifestBody) throws -> SegmentManifest {
        let value = try audit.signature(
            for: SHA256.hash(data: body.signingInput()), padding: .PSS)
        return SegmentManifest(
            body: body,
            signature: try SegmentManifestSignature(
                keyID: SPKI.keyID(Array(audit.publicKey.derRepresentation)),
                value: Array(value.rawRepresentation)))
    }
}

/// `#require` for helpers that are no tests.
enum Test {
    struct Missing: Error {}

    static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }
}
