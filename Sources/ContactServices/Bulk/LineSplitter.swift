import Foundation

/// Cuts a byte stream into lines at LF; a CR before it is dropped. Holds one unfinished line at most, and of a line
/// that is too long nothing. Empty lines are counted and not given: readers of NDJSON skip them, and so does the
/// importer when it counts what must be answered.
struct LineSplitter {
    private var partial = Data()
    private var isSkipping = false
    private var number = 0
    private let limit: Int

    init(limit: Int = ServiceLimits.bulkLineBytes) {
        self.limit = limit
    }

    /// The lines that `bytes` complete.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [BulkLine] {
        var lines: [BulkLine] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end])
            if let line = finishLine() { lines.append(line) }
            rest = rest[rest.index(after: end)...]
        }
        take(rest)
        return lines
    }

    /// The last line, when the stream did not end with LF.
    mutating func finish() -> BulkLine? {
        finishLine()
    }

    private mutating func take(_ bytes: some Collection<UInt8>) {
        guard !isSkipping else { return }
        // One byte of grace for the CR.
        if partial.count + bytes.count > limit + 1 {
            isSkipping = true
            partial = Data()
        } else {
            partial.append(contentsOf: bytes)
        }
    }

    private mutating func finishLine() -> BulkLine? {
        number += 1
        defer {
            partial = Data()
            isSkipping = false
        }
        if isSkipping { return BulkLine(number: number, content: .tooLong) }
        if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
        if partial.isEmpty { return nil }
        return BulkLine(number: number, content: partial.count > limit ? .tooLong : .bytes(partial))
    }
}
