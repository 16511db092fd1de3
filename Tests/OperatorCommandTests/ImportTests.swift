import Foundation
import Testing

@testable import chancery

@Suite struct ImportTests {
    /// One more or less than the gateway answers, and no import ever comes to its end.
    @Test(arguments: [
        ("", 0), ("\n\r\n\n\r", 0), ("a\n\nb\n", 2), ("a\r\n\r\nb", 2), (" \n", 1), ("\r\r\n", 1),
        ("\ra\n", 1), ("a\rb\r\n", 1),
    ])
    func linesAreCountedAsTheGatewayAnswersThem(_ text: String, _ count: Int) {
        var whole = LineCounter()
        whole.add(text.utf8)
        #expect(whole.total == count)
        var bytewise = LineCounter()
        for byte in text.utf8 { bytewise.add([byte]) }
        #expect(bytewise.total == count)
    }

    /// Attributes of a contact that was there before may stand nowhere.
    @Test func leftOutLinesAreNotCalledDone() throws {
        var summary = ImportSummary()
        for line in [
            #"{"line":1,"status":201}"#,
            #"{"line":2,"status":409,"problem":{"code":"duplicate-email","title":"t","detail":"d"}}"#,
        ] {
            summary.add(try JSONDecoder().decode(BulkResult.self, from: Data(line.utf8)))
        }
        #expect(summary.isComplete)
        let line = #"{"line":3,"status":424,"problem":{"code":"failed-ref","detail":"d"}}"#
        summary.add(try JSONDecoder().decode(BulkResult.self, from: Data(line.utf8)))
        #expect(summary.total == 3)
        #expect(!summary.isComplete)
    }
}
