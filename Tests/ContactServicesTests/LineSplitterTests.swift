import Foundation
import Testing

@testable import ContactServices

@Suite struct LineSplitterTests {
    static func split(_ text: String, chunk: Int, limit: Int = 10) -> [BulkLine] {
        var splitter = LineSplitter(limit: limit)
        var lines: [BulkLine] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            lines += splitter.feed(bytes[start..<min(start + chunk, bytes.count)])
        }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }

    @Test(arguments: 1...25)
    func chunkingChangesNothing(chunk: Int) {
        let lines = Self.split(
            "a\r\n\nbc\n0123456789\r\n0123456789x\n01234567890123456789\nlast", chunk: chunk)
        let expected: [BulkLine.Content] = [
            .bytes(Data("a".utf8)), .bytes(Data("bc".utf8)),
            .bytes(Data("0123456789".utf8)), .tooLong, .tooLong, .bytes(Data("last".utf8)),
        ]
        #expect(lines.map(\.content) == expected)
        #expect(lines.map(\.number) == [1] + Array(3...7))
    }

    @Test func nothingGivesNothing() {
        #expect(Self.split("", chunk: 1).isEmpty)
        #expect(Self.split("\n\r\n\n\r", chunk: 1).isEmpty)
    }
}
