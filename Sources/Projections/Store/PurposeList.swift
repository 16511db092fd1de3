/// Purpose codes, or types of attributes, in one column. They are of `[A-Za-z0-9_.-]` and never hold a line feed.
enum PurposeList {
    static func encode(_ codes: [String]) -> String { codes.joined(separator: "\n") }

    static func decode(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}
