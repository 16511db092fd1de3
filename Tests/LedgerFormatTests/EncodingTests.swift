import Foundation
import LedgerFormat
import Testing

@Suite struct EncodingTests {
    @Test(arguments: 0...70) func base64AgreesWithFoundationAndReadsBack(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let text = StrictBase64.encode(bytes)
        #expect(text == Data(bytes).base64EncodedString())
        #expect(StrictBase64.decode(text) == bytes)
        #expect(LowerHex.decode(LowerHex.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "QQ", "QQ=", "QR==", "QUJ=", "QQ==\n", " QQ==", "QQ==QQ==", "Q===", "====", "=", "QUI_",
        "QUI-", "Q=Q=", "QÄ==",
    ]) func base64WithATwinOrGarbageIsRefused(text: String) {
        #expect(StrictBase64.decode(text) == nil)
    }

    @Test func noTwoBase64TextsGiveTheSameBytes() {
        // Every last digit of a one-byte group: only those with four zero bits may be read.
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        #expect(alphabet.filter { StrictBase64.decode("A\($0)==") != nil } == "AQgw")
        #expect(alphabet.filter { StrictBase64.decode("AA\($0)=") != nil } == "AEIMQUYcgkosw048")
    }

    @Test(arguments: ["A0", "0", "0g", "0x", " 00", "00 ", "é"])
    func hexadecimalOtherThanLowerCasePairsIsRefused(text: String) {
        #expect(LowerHex.decode(text) == nil)
    }

    @Test(arguments: [0, 31, 33, 64]) func aHashHasThirtyTwoBytes(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(Digest32(bytes) == nil)
        #expect(Digest32(hex: LowerHex.encode(bytes)) == nil)
        #expect(Digest32(base64: StrictBase64.encode(bytes)) == nil)
    }

    @Test func hashesAndTagsReadBackAndSortAsTheirHex() throws {
        let digests = (0..<200).map { MerkleTree.leafHash([UInt8($0)]) }
        for digest in digests {
            #expect(Digest32(digest.bytes) == digest)
            #expect(Digest32(digest.data) == digest)
            #expect(Digest32(hex: digest.hex) == digest)
            #expect(Digest32(base64: digest.base64) == digest)
        }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
        let tags = (0..<50).map { _ in SubjectTag.random() }
        #expect(Set(tags).count == 50)
        #expect(tags.sorted().map(\.hex) == tags.map(\.hex).sorted())
        #expect(try #require(tags.first).bytes.count == 16)
        #expect(tags.allSatisfy { SubjectTag(hex: $0.hex) == $0 && SubjectTag($0.data) == $0 })
        #expect(SubjectTag([1, 2, 3]) == nil)
    }
}
