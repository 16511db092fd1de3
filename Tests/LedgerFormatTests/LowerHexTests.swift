import LedgerFormat
import Testing

/// Eight digits are read at once: every character at every place must still be judged alone.
@Suite struct LowerHexTests {
    @Test func everyCharacterAtEveryPlaceIsJudged() {
        let good = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8)
        for at in good.indices {
            for byte in UInt8.min...UInt8.max {
                var digits = good
                digits[at] = byte
                let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                let text = String(decoding: digits, as: UTF8.self)
                let digest = Digest32(hex: text)
                #expect((digest != nil) == isDigit, "byte \(byte) at \(at)")
                if isDigit { #expect(digest?.hex == text) }
            }
        }
    }

    @Test func everyByteIsReadInEveryPlace() throws {
        for value in UInt8.min...UInt8.max {
            let bytes = (0..<32).map { value &+ UInt8($0) &* 7 }
            let header = String(decoding: LowerHex.encode(bytes).utf8, as: UTF8.self)
            #expect(try #require(Digest32(hex: header)).bytes == bytes)
            #expect(LowerHex.decode(header) == bytes)
        }
    }
}
