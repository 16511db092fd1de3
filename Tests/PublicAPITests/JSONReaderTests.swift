import ContactServices
import Foundation
import Testing

@testable import PublicAPI

extension JSONValue {
    /// As JSONSerialization would have it.
    fileprivate var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let value): NSNumber(value: value)
        case .integer(let value): NSNumber(value: value)
        case .decimal(let value): NSNumber(value: value)
        case .string(let value): NSString(string: value)
        case .array(let values): NSArray(array: values.map(\.foundation))
        case .object(let members):
            NSDictionary(
                dictionary: Dictionary(
                    uniqueKeysWithValues: members.map { ($0.name, $0.value.foundation) }))
        }
    }
}

@Suite struct JSONReaderTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("0", .integer(0)), ("-0", .decimal(0)),
        ("18446744073709551615", .integer(.max)), ("1.5e3", .decimal(1_500)),
        ("1E-2", .decimal(0.01)),
        (#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, .string("\"\\/\u{8}\u{C}\n\r\té😀")),
        ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
        (#"{"a":{}}"#, .object([JSONMember("a", .object([]))])),
    ])
    func validTextIsRead(text: String, value: JSONValue) throws {
        #expect(try JSONReader.read(text.utf8) == value)
        #expect(try JSONReader.read(value.bytes) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "tru", "+1", "01", "1.", ".5", "1e", "1e+", "-", "0x1", "1e999",
        "\"", "\"\\",
        "\"\\u12\"", "\"\\x\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "[", "[1",
        "[1,", "[1,]", "[,1]", "{", "{\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{1:2}",
        "{a:1}", "[1 2]", "1 2", "\u{FEFF}1", "\"\n\"", "\"\t\"", "Infinity", "// x\n1",
    ])
    func invalidTextIsRefused(text: String) {
        #expect { try JSONReader.read(text.utf8) } throws: {
            ($0 as? ServiceError)?.code == .malformedJSON
        }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONReader.read(nested(16)) }
        #expect { try JSONReader.read(nested(17)) } throws: {
            ($0 as? ServiceError)?.code == .tooDeep
        }
        // Side by side is not deep.
        #expect(throws: Never.self) {
            try JSONReader.read(
                Array(("[" + Array(repeating: "[]", count: 100).joined(separator: ",") + "]").utf8))
        }
    }

    /// What Foundation reads, we read as the same; what it refuses, we refuse.
    @Test func everyOneByteChangeIsReadAsFoundationReadsIt() throws {
        let text = Array(#"{"a":[1.5e3,-2,"x\\\"\u00e9é"],"b":{"c":null,"d":true}}"#.utf8)
        var accepted = 0
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                let foundation = try? JSONSerialization.jsonObject(with: Data(changed))
                guard let value = try? JSONReader.read(changed) else {
                    // One difference is ours by design: a member twice.
                    #expect(foundation == nil || changed.count { $0 == byte } > 1)
                    continue
                }
                accepted += 1
                #expect((value.foundation as? NSObject) == (foundation as? NSObject))
                #expect(try JSONReader.read(value.bytes) == value)
            }
            #expect((try? JSONReader.read(text[..<position])) == nil)
        }
        #expect(accepted > 500)
    }

    @Test func theNumberOfValuesIsBounded() {
        func list(_ count: Int) -> [UInt8] {
            Array(("[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]").utf8)
        }
        #expect(throws: Never.self) { try JSONReader.read(list(APILimits.jsonValues - 1)) }
        #expect { try JSONReader.read(list(APILimits.jsonValues)) } throws: {
            ($0 as? ServiceError)?.code == .tooLarge
        }
    }
}
