import Foundation

/// The sources as they stand in the repository, found from this file's own place.
struct SourceTree {
    struct File {
        let module: String
        /// Below the repository root.
        let path: String
        let lines: [String]

        var isGenerated: Bool { path.contains("/Generated/") }
    }

    let root: URL
    /// Every Swift file below Sources.
    let files: [File]

    init(thisFile: String = #filePath) throws {
        root = URL(fileURLWithPath: thisFile)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let sources = root.appendingPathComponent("Sources")
        var found: [File] = []
        for relative in try FileManager.default.subpathsOfDirectory(atPath: sources.path).sorted()
        where relative.hasSuffix(".swift") {
            let text = try String(
                contentsOf: sources.appendingPathComponent(relative), encoding: .utf8)
            let module = relative.split(separator: "/").first.map(String.init) ?? ""
            found.append(
                File(
                    module: module, path: "Sources/" + relative,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(
                        String.init)))
        }
        files = found
    }

    /// Directories right below Sources: one per module.
    func moduleDirectories() throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("Sources").path
        )
        .filter { !$0.hasPrefix(".") }.sorted()
    }
}

extension SourceTree.File {
    /// Modules that this file imports, with line numbers from 1.
    var imports: [(line: Int, module: String)] {
        lines.enumerated().compactMap { offset, line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || Self.accessLevels.contains(first)
            {
                words.removeFirst()
            }
            guard words.first == "import", words.count > 1 else { return nil }
            // `import struct A.B` names its kind first; a submodule belongs to its module.
            let name = Self.kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (offset + 1, String(name.prefix { $0 != "." && $0 != ";" }))
        }
    }

    /// Lines without comments and string contents, so that prose may say what code may not do.
    var code: [(line: Int, text: String)] {
        var inString = false
        var result: [(Int, String)] = []
        for (offset, line) in lines.enumerated() {
            if line.contains("\"\"\"") {
                let count = line.components(separatedBy: "\"\"\"").count - 1
                if !count.isMultiple(of: 2) { inString.toggle() }
                continue
            }
            if inString { continue }
            result.append((offset + 1, Self.stripped(line)))
        }
        return result
    }

    private static let accessLevels: Set<String> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]

    private static func stripped(_ line: String) -> String {
        var result = ""
        var quoted = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { quoted.toggle() }
            if !quoted, character == "/", previous == "/" {
                result.removeLast()
                break
            }
            if !quoted { result.append(character) }
            previous = character
        }
        return result
    }
}
