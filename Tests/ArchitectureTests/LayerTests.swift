import Testing

@Suite struct LayerTests {
    let tree: SourceTree

    init() throws { tree = try SourceTree() }

    @Test func everyModuleHasItsFloor() throws {
        let modules = try tree.moduleDirectories()
        #expect(!modules.isEmpty)
        for module in modules {
            #expect(
                Floors.floor[module] != nil,
                "Sources/\(module) has no floor: give it one in Floors.swift and ARCHITECTURE.md")
        }
        for module in Floors.floor.keys {
            #expect(
                modules.contains(module), "Floors.swift names \(module), which is not in Sources")
        }
    }

    @Test func importsPointStrictlyDown() {
        var seen = 0
        for file in tree.files {
            guard let own = Floors.floor[file.module] else { continue }
            for (line, name) in file.imports {
                guard let other = Floors.floor[name] else { continue }
                seen += 1
                #expect(
                    other < own,
                    "\(file.path):\(line): \(file.module) (floor \(own)) imports \(name) (floor \(other))"
                )
            }
        }
        // A reader that finds nothing proves nothing.
        #expect(seen > 20)
    }

    @Test func executablesHoldOnlyWhatTheyMay() {
        for rule in Floors.forbidden {
            for file in tree.files where file.module == rule.module {
                for (line, name) in file.imports {
                    #expect(
                        !rule.imports.contains(name),
                        "\(file.path):\(line): \(rule.module) imports \(name), but \(rule.reason)")
                }
            }
        }
    }

    @Test(arguments: ["chancery-ledger", "chancery-gateway", "chancery-verify"])
    func whatAnExecutableLinksIsAsNarrowAsWhatItImports(executable: String) {
        // KeyCustody must not come in through a library either.
        var reached: Set<String> = [executable]
        var waiting = [executable]
        while let module = waiting.popLast() {
            for file in tree.files where file.module == module {
                for (_, name) in file.imports
                where Floors.floor[name] != nil && !reached.contains(name) {
                    reached.insert(name)
                    waiting.append(name)
                }
            }
        }
        #expect(!reached.contains("KeyCustody"))
        if executable == "chancery-gateway" { #expect(!reached.contains("LedgerStore")) }
        if executable == "chancery-verify" {
            #expect(
                reached.isSubset(of: [
                    "chancery-verify", "LedgerFormat", "LedgerVerification", "CSodium",
                ]))
        }
    }
}
