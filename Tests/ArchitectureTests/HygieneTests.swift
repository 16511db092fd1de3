import Testing

@Suite struct HygieneTests {
    let tree: SourceTree

    init() throws { tree = try SourceTree() }

    /// Files whose crash on a broken invariant was looked at and is right, with the reason.
    private static let crashesAllowed: [String: String] = [
        "Sources/KeyCustody/Memory/SecretBytes.swift":
            "no guarded memory at all: there is no safe place for a secret; sizes are ours",
        "Sources/KeyCustody/Memory/SecretKeyCache.swift":
            "the same, once at start, for a cache of fixed size",
    ]

    @Test(arguments: ["try!", "as!", "fatalError(", "preconditionFailure(", "unsafeBitCast("])
    func nothingFromOutsideMayEndAProcess(token: String) {
        for file in tree.files where !file.isGenerated && Self.crashesAllowed[file.path] == nil {
            for (line, text) in file.code {
                #expect(!text.contains(token), "\(file.path):\(line): \(token)")
            }
        }
    }

    @Test func filesAreReadInOneSitting() {
        for file in tree.files where !file.isGenerated {
            #expect(
                file.lines.count <= 501,
                "\(file.path) has \(file.lines.count) lines; 500 is a reason to look again")
        }
    }

    @Test func noSourceIsLeftToBeWritten() {
        for file in tree.files where !file.isGenerated {
            #expect(!file.path.hasSuffix("/Placeholder.swift"), "\(file.path)")
            for (offset, line) in file.lines.enumerated() {
                #expect(
                    !line.contains("TODO") && !line.contains("FIXME"),
                    "\(file.path):\(offset + 1): \(line)")
            }
        }
    }
}
