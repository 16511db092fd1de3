/// Finds what JSON readers pass over in silence, each in its own way: a member name that occurs twice in one
/// object, a name spelt with an escape, a number that is no plain decimal integer. Two readers of a file that
/// people trust must not see two things.
enum StrictJSON {
    /// - Parameter text: JSON that a parser has accepted already.
    /// - Returns: the first such name or number; nil when there is none.
    static func ambiguity(in text: UnsafeRawBufferPointer) -> String? {
        // One set of names per open object; nil stands for an open array.
        var open: [Set<String>?] = []
        var expectsName = false
        var at = 0
        while at < text.count {
            switch text[at] {
            case 0x7B:
                open.append([])
                expectsName = true
            case 0x5B:
                open.append(Set<String>?.none)
                expectsName = false
            case 0x7D, 0x5D:
                _ = open.popLast()
                expectsName = false
            case 0x2C:
                expectsName = (open.last ?? nil) != nil
            case 0x22:
                let (end, hasEscape) = stringEnd(text, after: at)
                if expectsName, let last = open.indices.last {
                    let name = String(decoding: text[(at + 1)..<end], as: UTF8.self)
                    guard !hasEscape, open[last]?.insert(name).inserted == true else { return name }
                    expectsName = false
                }
                at = end
            case 0x2D, 0x30...0x39:
                let digits = text[at...].prefix { !Self.endsNumber($0) }
                guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    return String(decoding: digits.prefix(40), as: UTF8.self)
                }
                at = digits.endIndex - 1
            default:
                break
            }
            at += 1
        }
        return nil
    }

    private static func endsNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2C, 0x5D, 0x7D, 0x20, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    /// Position of the closing quote, or the end of the text.
    private static func stringEnd(
        _ text: UnsafeRawBufferPointer, after quote: Int
    ) -> (end: Int, hasEscape: Bool) {
        var at = quote + 1
        var hasEscape = false
        while at < text.count, text[at] != 0x22 {
            if text[at] == 0x5C {
                hasEscape = true
                at += 1
            }
            at += 1
        }
        return (min(at, text.count), hasEscape)
    }
}
