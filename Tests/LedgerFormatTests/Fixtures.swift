import Crypto
import Foundation
import LedgerFormat
import Testing

/// Values that tests share. Everything is deterministic but keys.
enum Fixtures {
    static let origin = "chancery.test/g1"
    static let id = "0198f0a2-1b2c-7d3e-8f40-5a6b7c8d9e0f"

    static func digest(_ byte: UInt8) throws -> Digest32 {
        try #require(Digest32([UInt8](repeating: byte, count: 32)))
    }

    static func tag(_ byte: UInt8) throws -> SubjectTag {
        try #require(SubjectTag([UInt8](repeating: byte, count: 16)))
    }

    static func time(_ text: String = "2026-11-23T08:42:00.123456Z") throws -> LedgerTime {
        try #require(LedgerTime(text))
    }

    /// One header of each shape: with subject and predecessor, a first one, one without subject.
    static func headers() throws -> [EntryHeader] {
        [
            try EntryHeader(
                generation: 1, index: 41, time: time(), id: id, stream: .contact,
                type: "AttributeEnriched", actor: "enrichment:platform_1.eu-west",
                label: "s1:c0.c3,c7/i1;noforn", subject: tag(0xA5), subjectVersion: 2,
                subjectPrevious: 7, previous: digest(0x3C), payloadHash: digest(0x7E)),
            try EntryHeader(
                generation: 2, index: 0, time: time(), id: id, stream: .audit, type: "AuditEvent",
                actor: "dpo", label: "s1:c1023/i1", subject: tag(0x01), subjectVersion: 1,
                subjectPrevious: nil, previous: nil, payloadHash: digest(0)),
            try EntryHeader(
                generation: 1, index: LedgerLimits.maxInteger, time: .latest, id: id, stream: .key,
                type: "K", actor: "chancery-ledger", label: "s0/i0", subject: nil,
                subjectVersion: nil, subjectPrevious: nil, previous: digest(0xFF),
                payloadHash: digest(1)),
        ]
    }

    /// Signs with a fresh Ed25519 key under `name`.
    static func signer(_ name: String) throws -> TestSigner {
        let key = Curve25519.Signing.PrivateKey()
        let noteKey = NoteKey.ed25519(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        return TestSigner(private: key, key: try #require(noteKey))
    }
}

struct TestSigner: Sendable {
    let `private`: Curve25519.Signing.PrivateKey
    let key: NoteKey

    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(try self.private.signature(for: bytes))
    }

    func line(_ text: String) throws -> NoteSignatureLine {
        let signature = try sign(Array(text.utf8))
        return try #require(
            NoteSignatureLine(name: key.name, keyID: key.keyID, signature: signature))
    }
}
