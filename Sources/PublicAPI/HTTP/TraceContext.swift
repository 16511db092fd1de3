/// Where a request belongs in a distributed trace (W3C Trace Context, section 3.2): `00-<trace id>-<parent id>-<flags>`, lower-case hex.
///
/// What the client sent is continued: its trace id and flags, under a parent id of ours. What is malformed, or of zeros alone, begins
/// another trace, as the recommendation wants; it is no reason to refuse a request.
struct TraceContext: Sendable, Equatable {
    /// 32 hex digits.
    let traceID: String
    /// 16 hex digits, of this request here.
    let parentID: String
    private let flags: String

    /// - Parameters:
    ///   - header: `traceparent` as it came; nil: none.
    ///   - random: for new ids.
    init(continuing header: String?, random: () -> UInt64 = { .random(in: 1...UInt64.max) }) {
        parentID = Self.hex(random())
        if let (traceID, flags) = header.flatMap(Self.read) {
            self.traceID = traceID
            self.flags = flags
        } else {
            traceID = Self.hex(random()) + Self.hex(random())
            flags = "00"
        }
    }

    var text: String { "00-\(traceID)-\(parentID)-\(flags)" }

    /// A later version may add fields behind those of version 00, which are read as they stand.
    private static func read(_ header: String) -> (traceID: String, flags: String)? {
        guard header.utf8.count <= 256 else { return nil }
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, isHex(parts[0], 2), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            isHex(parts[1], 32), parts[1].contains(where: { $0 != "0" }),
            isHex(parts[2], 16), parts[2].contains(where: { $0 != "0" }),
            isHex(parts[3], 2), let bits = UInt8(parts[3], radix: 16)
        else { return nil }
        // Of the flags only "sampled" is known; others must not be passed on.
        return (String(parts[1]), bits & 1 == 1 ? "01" : "00")
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
