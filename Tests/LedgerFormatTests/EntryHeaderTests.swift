import Foundation
import LedgerFormat
import Testing

@Suite struct EntryHeaderTests {
    @Test func headerIsCanonicalJSONOfTheFourteenMembers() throws {
        for header in try Fixtures.headers() {
            let bytes = header.canonicalBytes()
            let value = try CanonicalJSON.read(bytes)
            #expect(try CanonicalJSON.write(value) == bytes)
            #expect(
                value.members?.map(\.name) == [
                    "actor", "format", "generation", "id", "index", "label", "payloadHash",
                    "previous", "stream", "subject", "subjectPrevious", "subjectVersion", "time",
                    "type",
                ])
            #expect(try EntryHeader(canonical: bytes) == header)
            #expect(try EntryHeader(canonical: Data(bytes)) == header)
        }
    }

    @Test func textIsAsTheFormatPageSays() throws {
        let header = try #require(try Fixtures.headers().first)
        let expected =
            #"{"actor":"enrichment:platform_1.eu-west","format":1,"generation":1,"#
            + #""id":"0198f0a2-1b2c-7d3e-8f40-5a6b7c8d9e0f","index":41,"#
            + #""label":"s1:c0.c3,c7/i1;noforn","payloadHash":""#
            + String(repeating: "7e", count: 32) + #"","previous":""#
            + String(repeating: "3c", count: 32) + #"","stream":"contact","subject":""#
            + String(repeating: "a5", count: 16) + #"","subjectPrevious":7,"subjectVersion":2,"#
            + #""time":"2026-11-23T08:42:00.123456Z","type":"AttributeEnriched"}"#
        #expect(String(decoding: header.canonicalBytes(), as: UTF8.self) == expected)
    }

    /// A byte that is changed is either refused, or it makes another header whose one text is the
    /// changed bytes: no header has two texts, and no change goes unseen by the leaf hash.
    @Test(arguments: 0..<3) func noChangedByteGoesUnseen(which: Int) throws {
        let header = try Fixtures.headers()[which]
        let original = header.canonicalBytes()
        var accepted = 0
        for position in original.indices {
            for byte in UInt8.min...UInt8.max where byte != original[position] {
                var mutated = original
                mutated[position] = byte
                guard let other = try? EntryHeader(canonical: mutated) else { continue }
                accepted += 1
                guard other != header, other.canonicalBytes() == mutated else {
                    Issue.record("byte \(position) changed to \(byte) has a twin")
                    return
                }
            }
        }
        // Digits of hashes, ids, times: such changes are other valid headers.
        #expect(accepted > 1_000)
    }

    @Test func cutLengthenedAndRespacedHeadersAreRefused() throws {
        for header in try Fixtures.headers() {
            let bytes = header.canonicalBytes()
            for count in 0..<bytes.count {
                #expect(throws: EntryHeaderError.self) {
                    try EntryHeader(canonical: bytes.prefix(count))
                }
            }
            for position in 0...bytes.count {
                for extra in [0x20, 0x0A, 0x30, 0x2C, 0x5C] as [UInt8] {
                    var longer = bytes
                    longer.insert(extra, at: position)
                    guard let other = try? EntryHeader(canonical: longer) else { continue }
                    #expect(other != header && other.canonicalBytes() == longer)
                }
            }
        }
    }

    @Test(arguments: [
        ("\"format\":1", "\"format\":2"), ("\"generation\":1", "\"generation\":0"),
        ("\"generation\":1", "\"generation\":9007199254740992"), ("\"index\":41", "\"index\":041"),
        ("\"index\":41", "\"index\":0"), ("\"index\":41", "\"index\":7"),
        ("\"index\":41", "\"index\":-1"), ("\"index\":41", "\"index\":41.0"),
        ("7d3e", "4d3e"), ("8f40", "cf40"), ("0198f0a2", "0198F0A2"),
        ("\"stream\":\"contact\"", "\"stream\":\"contacts\""),
        ("\"stream\":\"contact\"", "\"stream\":\"key\""),
        ("\"subjectVersion\":2", "\"subjectVersion\":0"),
        ("\"subjectVersion\":2", "\"subjectVersion\":1"),
        ("\"subjectVersion\":2", "\"subjectVersion\":null"),
        ("\"subjectPrevious\":7", "\"subjectPrevious\":null"),
        ("\"subjectPrevious\":7", "\"subjectPrevious\":41"),
        ("AttributeEnriched", "attributeEnriched"), ("AttributeEnriched", "Attribute-Enriched"),
        ("enrichment:", "enrich ment:"), ("enrichment:", "é:"), ("\"enrichment:", "\"\\u0065:"),
        ("s1:c0.c3,c7/i1;noforn", "s1:c0.c1/i1"), ("2026-11-23T", "2026-02-30T"),
        (".123456Z", ".123Z"), ("7e7e", "7E7e"), ("\"previous\"", "\"Previous\""),
    ]) func brokenRulesAreRefused(part: String, replacement: String) throws {
        let header = try #require(try Fixtures.headers().first)
        let text = String(decoding: header.canonicalBytes(), as: UTF8.self)
        let range = try #require(text.range(of: part))
        let broken = text.replacingCharacters(in: range, with: replacement)
        #expect(throws: EntryHeaderError.self) { try EntryHeader(canonical: Array(broken.utf8)) }
    }

    @Test func subjectlessHeadersHaveNoVersion() throws {
        let text = String(decoding: try Fixtures.headers()[2].canonicalBytes(), as: UTF8.self)
        for member in ["subjectVersion", "subjectPrevious"] {
            let broken = text.replacingOccurrences(
                of: "\"\(member)\":null", with: "\"\(member)\":1")
            #expect(broken != text)
            #expect(throws: EntryHeaderError.self) {
                try EntryHeader(canonical: Array(broken.utf8))
            }
        }
        let first = text.replacingOccurrences(of: "\"index\":9007199254740991", with: "\"index\":0")
        #expect(throws: EntryHeaderError.self) { try EntryHeader(canonical: Array(first.utf8)) }
    }

    @Test func oversizedInputIsRefusedUnread() {
        let bytes = [UInt8](repeating: 0x7B, count: LedgerLimits.maxHeaderBytes + 1)
        #expect(throws: EntryHeaderError.tooLarge(bytes: bytes.count)) {
            try EntryHeader(canonical: bytes)
        }
    }

    @Test func widestHeaderFitsTheReservedBuffer() throws {
        // 50 categories of five characters with their commas, and one of three: 256 characters.
        let categories = ["c1"] + (0..<49).map { "c\(101 + $0 * 2)" }
        let label = "s1:" + categories.joined(separator: ",") + "/i1;ab"
        #expect(label.count == LedgerLimits.maxLabelBytes)
        let header = try EntryHeader(
            generation: LedgerLimits.maxInteger, index: LedgerLimits.maxInteger, time: .latest,
            id: Fixtures.id, stream: .provenance, type: "T" + String(repeating: "y", count: 63),
            actor: String(repeating: "a", count: 64),
            label: label,
            subject: Fixtures.tag(9), subjectVersion: LedgerLimits.maxInteger,
            subjectPrevious: LedgerLimits.maxInteger - 1, previous: Fixtures.digest(1),
            payloadHash: Fixtures.digest(2))
        let bytes = header.canonicalBytes()
        #expect(bytes.count <= EntryHeader.widestBytes)
        #expect(try EntryHeader(canonical: bytes) == header)
    }

    @Test func payloadCommitmentIsSeparatedByDomain() {
        let payload = Array("{}".utf8)
        #expect(PayloadCommitment.hash(payload) != MerkleTree.leafHash(payload))
        // printf 'chancery/payload/v1\n{}' | sha256sum
        #expect(
            PayloadCommitment.hash(payload).hex
                == "43ef1bb1713192e6416821e63f265d8f91450789cda3c603ef0add66b890ebe5")
    }

    @Test func idsAreUUIDv7OfTheTime() throws {
        let time = try Fixtures.time()
        let ids = (0..<100).map { _ in
            UUIDv7.make(time: time, words: (.random(in: .min ... .max), .random(in: .min ... .max)))
        }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { UUIDv7.isValid($0) && UUID(uuidString: $0) != nil })
        let milliseconds = try #require(
            UInt64(ids[0].replacingOccurrences(of: "-", with: "").prefix(12), radix: 16))
        #expect(milliseconds == UInt64(time.microsecondsSince1970 / 1_000))
        #expect(!UUIDv7.isValid(ids[0].uppercased() + "A"))
        #expect(!UUIDv7.isValid(UUID().uuidString))
    }

    @Test func everyCharacterOfAnIdIsJudged() {
        let good = Array("0199a1b2-c3d4-7e5f-8a6b-1c2d3e4f5a6b".utf8)
        for at in good.indices {
            let allowed =
                switch at {
                case 8, 13, 18, 23: "-"
                case 14: "7"
                case 19: "89ab"
                default: "0123456789abcdef"
                }
            for byte in UInt8.min...UInt8.max {
                var id = good
                id[at] = byte
                #expect(
                    UUIDv7.isValid(String(decoding: id, as: UTF8.self))
                        == allowed.utf8.contains(byte), "byte \(byte) at \(at)")
            }
        }
    }
}
