import Foundation
import LedgerFormat

/// An entry to be written, with the places where a test makes it wrong while chain and tree follow.
struct EntryDraft {
    var stream = EntryStream.contact
    var type = "ContactCreated"
    var subject: SubjectTag?
    /// Nil: one that is salted by the entry's index, so that no two are the same bytes.
    var payload: [UInt8]?
    /// Microseconds to the time before.
    var step: Int64 = 1_000
    var subjectVersion: UInt64?
    var subjectPrevious: UInt64??
    /// Makes other bytes of the canonical ones.
    var rewriteHeader: (([UInt8]) -> [UInt8])?

    func payload(index: UInt64) -> [UInt8] {
        let salt = withUnsafeBytes(of: index.bigEndian) { Data($0) }.base64EncodedString()
        return payload ?? Array("{\"salt\":\"\(salt)\"}".utf8)
    }

    static func subject(_ number: UInt8, stream: EntryStream = .contact) -> EntryDraft {
        var draft = EntryDraft()
        draft.stream = stream
        draft.type = stream == .contact ? "ContactCreated" : "ConsentGranted"
        draft.subject = SubjectTag([UInt8](repeating: number, count: 16))
        return draft
    }

    static func audit() -> EntryDraft {
        var draft = EntryDraft()
        draft.stream = .audit
        draft.type = "AuditEvent"
        return draft
    }

    static func activated(_ key: TrustedKey) throws -> EntryDraft {
        var draft = EntryDraft()
        draft.stream = .key
        draft.type = "KeyActivated"
        var members: [CanonicalJSON.Member] = [
            .init("use", .string(key.use.rawValue)),
            .init("algorithm", .string(key.algorithm.rawValue)),
            .init("name", .string(key.name)), .init("keyId", .string(key.keyID)),
            .init("publicKey", .string(Data(key.publicKey).base64EncodedString())),
            .init("fromSize", .integer(key.fromSize)),
        ]
        if let counter = key.sealCounter {
            members.append(.init("sealCounter", .string(LowerHex.encode(counter))))
        }
        draft.payload = try CanonicalJSON.write(.object(members))
        return draft
    }

    static func retired(_ key: TrustedKey, untilSize: UInt64) throws -> EntryDraft {
        var draft = EntryDraft()
        draft.stream = .key
        draft.type = "KeyRetired"
        draft.payload = try CanonicalJSON.write(
            .object([
                .init("use", .string(key.use.rawValue)), .init("keyId", .string(key.keyID)),
                .init("untilSize", .integer(untilSize)),
            ]))
        return draft
    }

    static func sealed(_ segment: UInt64, manifestHash: Digest32) throws -> EntryDraft {
        var draft = EntryDraft()
        draft.stream = .segment
        draft.type = "SegmentSealed"
        draft.payload = try CanonicalJSON.write(
            .object([
                .init("segment", .integer(segment)),
                .init("manifestHash", .string(manifestHash.hex)),
            ]))
        return draft
    }
}
