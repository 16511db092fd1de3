import Foundation
import Testing

extension ProcessTests {
    /// Data directories beside each other, with names that people give, and ones that go away.
    @Suite(.serialized)
    struct Homes {
        @Test func siblingsWithSpacesAndUmlautsLiveSideBySide() throws {
            var first = try TestHome()
            defer { first.remove() }
            first.name = "Bücher von A..Z"
            let second = try TestHome()
            defer { second.remove() }
            // Each with the TPM that is its own by default.
            let mine: [String: String?] = ["CHANCERY_TPM": nil]
            let other: [String: String?] = [
                "CHANCERY_TPM": nil, "CHANCERY_HOME": first.directory + "/b",
                "CHANCERY_PORT": String(second.port),
            ]
            defer {
                for home in [mine, other] {
                    _ = try? first.chancery("down", "--force", environment: home)
                }
            }
            let up = try first.chancery("up", environment: mine)
            try #require(up.status == 0, "\(up.said)\n\(first.logs)")

            // The port of the one is no port for the other, which learns whose it is.
            let taken = try first.chancery("up", "--port", "\(first.port)", environment: other)
            #expect(taken.status != 0)
            #expect(taken.errors.contains("gateway of " + first.root), "\(taken.said)")

            let started = try first.chancery("up", environment: other)
            try #require(started.status == 0, "\(started.said)")
            let pids = try first.pids(environment: other)
            #expect(try first.pids(environment: mine)["swtpm"] != pids["swtpm"])
            #expect(try first.chancery("down", environment: mine).output.contains("stopped 4"))
            #expect(try first.chancery("status", environment: other).status == 0)
            #expect(try first.pids(environment: other) == pids)
        }

        @Test func processesOfADeletedDirectoryAreFoundAndStopped() throws {
            let home = try TestHome()
            defer { home.remove() }
            let first = try home.chancery("up")
            try #require(first.status == 0, "\(first.said)")
            let before = try home.pids()
            #expect(before.count == 4)

            try FileManager.default.removeItem(atPath: home.root)
            let second = try home.chancery("up")
            try #require(second.status == 0, "\(second.said)\n\(home.logs)")
            #expect(second.errors.contains("deleted under it"), "\(second.said)")
            for (name, pid) in before where name != "swtpm" {
                #expect(!TestHome.isAlive(pid), "\(name)")
            }
            #expect(try home.chancery("status").status == 0)

            let after = try home.pids()
            try FileManager.default.removeItem(atPath: home.root)
            let down = try home.chancery("down")
            #expect(down.status == 0 && down.output.contains("stopped 4"), "\(down.said)")
            for (name, pid) in after { #expect(!TestHome.isAlive(pid), "\(name)") }
            #expect(!FileManager.default.fileExists(atPath: home.root), "made again to stop it")
        }
    }
}
