/// Values that stand where a format has a URI.
enum PortableURI {
    /// Whether it is one of the web, with nothing but the characters of RFC 3986: no script, no blank, no line end.
    static func isSafe(_ text: String) -> Bool {
        let lower = text.lowercased()
        return (lower.hasPrefix("https://") || lower.hasPrefix("http://"))
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
                }
            }
    }
}
