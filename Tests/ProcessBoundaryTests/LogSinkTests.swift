import Glibc
import Logging
import Testing

@testable import ProcessBoundary

@Suite struct LogSinkTests {
    private let reader: CInt
    private let sink: LogSink

    init() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        reader = ends[0]
        sink = LogSink(descriptor: ends[1])
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    private func written() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(reader, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    private func line(_ text: String) -> [UInt8] { Array((text + "\n").utf8) }

    @Test func linesAreGatheredAndKeepTheirOrder() {
        for index in 0..<100 { sink.add(line("\(index)"), isUrgent: false) }
        sink.flush()
        #expect(written() == (0..<100).map { "\($0)\n" }.joined())
        sink.flush()
        #expect(written().isEmpty)
    }

    @Test func anUrgentLineTakesThoseBeforeItAlong() {
        sink.add(line("first"), isUrgent: false)
        sink.add(line("second"), isUrgent: true)
        #expect(written() == "first\nsecond\n")
    }

    @Test func linesAreWrittenWithoutFurtherCalls() async throws {
        sink.add(line("alone"), isUrgent: false)
        var text = ""
        // However long it takes: without a timer this would never end.
        while text.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
            text = written()
        }
        #expect(text == "alone\n")
    }

    @Test func oneEventIsOneLine() {
        var logger = Logger(label: "test") { label in
            SinkLogHandler(label: label, sink: sink, logLevel: .info)
        }
        logger[metadataKey: "b"] = "2"
        logger.debug("unheard")
        logger.warning("two\nlines", metadata: ["a": "1\u{1b}[0m"])
        let text = written()
        #expect(text.hasSuffix(" warning test: a=1 [0m b=2 two lines\n"))
        #expect(text.split(separator: " ").first?.count == 27)
    }
}
