import LedgerFormat
import Testing

@Suite struct CanonicalJSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "9007199254740991", "\"\"", "[]", "{}", "[[],{}]",
        #"{"a":1,"b":[null,true,"x"]}"#, #""\"\\\b\t\n\f\r\u0000\u001f""#, "\"/\u{7F}€😀\"",
        // RFC 8785 section 3.2.3: UTF-16 order puts the pair D83D DE00 before FB33.
        "{\"\\r\":0,\"1\":1,\"\u{80}\":2,\"ö\":3,\"€\":4,\"😀\":5,\"\u{FB33}\":6}",
        #"{"":0,"A":1,"a":2,"aa":3}"#,
        String(repeating: "[", count: 16) + String(repeating: "]", count: 16),
    ]) func canonicalTextReadsAndWritesBackTheSame(text: String) throws {
        let value = try CanonicalJSON.read(Array(text.utf8))
        #expect(try CanonicalJSON.write(value) == Array(text.utf8))
    }

    @Test(arguments: [
        "", " null", "null ", "null\n", "nul", "nulll", "True", "01", "-1", "-0", "1.0", "1e3",
        "+1",
        "9007199254740992", "18446744073709551616", "99999999999999999999999", "[1,]", "[,1]",
        "[1 ,2]",
        "[1", "]", "{\"a\":1", "{\"a\" :1}", "{\"a\": 1}", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}",
        "{a:1}", "{\"a\":1,}", "{\"a\"}", "'a'", "\"", "\"\\/\"", "\"\\u0041\"", "\"\\u001F\"",
        "\"\\u0008\"", "\"\\u000a\"", "\"\\ud83d\\ude00\"", "\"\\x\"", "\"\\", "\"\n\"",
        "\"\u{1}\"",
        "\u{FEFF}null", "1 2", "\"\\u002\"", "\"\\u0020\"", "NaN", "/**/1",
        "{\"\u{FB33}\":0,\"😀\":1}",
        String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
        String(repeating: "{\"a\":", count: 17) + "0" + String(repeating: "}", count: 17),
        String(repeating: "[", count: 100_000),
    ]) func everyOtherTextIsRefused(text: String) {
        #expect(throws: CanonicalJSONError.self) { try CanonicalJSON.read(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0xFF],
        ] as [[UInt8]]) func invalidUTF8IsRefused(bytes: [UInt8])
    {
        #expect(throws: CanonicalJSONError.self) { try CanonicalJSON.read(bytes) }
    }

    @Test func namesThatOnlyLookAlikeAreDifferentMembers() throws {
        // Swift holds these two equal; UTF-16 does not.
        let composed = "{\"e\u{301}\":1,\"\u{E9}\":2}"
        let value = try CanonicalJSON.read(Array(composed.utf8))
        #expect(value["\u{E9}"]?.integer == 2)
        #expect(value["e\u{301}"]?.integer == 1)
        #expect(try CanonicalJSON.write(value) == Array(composed.utf8))
    }

    @Test func writerSortsAndRefusesWhatItCannotSay() throws {
        let value = CanonicalJSON.Value.object([
            .init("\u{FB33}", .null), .init("😀", .null), .init("b", .integer(1)),
        ])
        #expect(
            try CanonicalJSON.write(value)
                == Array("{\"b\":1,\"😀\":null,\"\u{FB33}\":null}".utf8))
        #expect(throws: CanonicalJSONError.integerTooLarge) {
            try CanonicalJSON.write(.integer(1 << 53))
        }
        #expect(throws: CanonicalJSONError.duplicateMember(name: "a")) {
            try CanonicalJSON.write(.object([.init("a", .null), .init("a", .null)]))
        }
        var deep = CanonicalJSON.Value.null
        for _ in 0..<17 { deep = .array([deep]) }
        #expect(throws: CanonicalJSONError.tooDeep) { try CanonicalJSON.write(deep) }
    }

    @Test func sizeIsBounded() {
        #expect(throws: CanonicalJSONError.tooLarge(limit: 3)) {
            try CanonicalJSON.read(Array("null".utf8), limit: 3)
        }
    }

    /// Whatever one changed byte makes of a text, it is refused or reads back as exactly itself.
    @Test func noMutationHasATwin() throws {
        let text = Array(#"{"a":[0,10,"\u0001\n\"x"],"b":{"c":null,"d":true},"é":"€"}"#.utf8)
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = text
                mutated[position] = byte
                guard let value = try? CanonicalJSON.read(mutated) else { continue }
                #expect(try CanonicalJSON.write(value) == mutated)
            }
        }
    }
}
