import Foundation
import Testing

extension ProcessTests {
    /// What the operator reads when something is in the way.
    @Suite struct StartErrors {
        @Test func takenPortIsNamedWithItsOwner() throws {
            let home = try TestHome()
            defer { home.remove() }
            let listener = try Listener()
            defer { listener.close() }
            let up = try home.chancery("up", "--port", String(listener.port))
            #expect(up.status != 0)
            #expect(up.errors.contains("\(listener.port)"), "\(up.said)")
            #expect(up.errors.contains("pid \(getpid())"), "\(up.said)")
            #expect(up.errors.contains("--port"), "\(up.said)")
        }

        @Test func missingSoftwareTPMIsNamedWithItsPackage() throws {
            let home = try TestHome()
            defer { home.remove() }
            let up = try home.chancery("up", environment: ["PATH": home.directory])
            #expect(up.status != 0)
            #expect(up.errors.contains("apt-get install swtpm"), "\(up.said)")
        }

        @Test func lostTPMStateIsNotReplacedByANewOne() throws {
            let home = try TestHome()
            defer { home.remove() }
            try FileManager.default.createDirectory(
                atPath: home.root + "/keys", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: home.root + "/keys/root.sealed"))
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains(home.tpm), "\(up.said)")
            #expect(!FileManager.default.fileExists(atPath: home.tpm + "/tpm2-00.permall"))
        }

        @Test func tooLongAPathIsRefusedBeforeAnythingStarts() throws {
            let home = try TestHome()
            defer { home.remove() }
            let long = home.directory + "/" + String(repeating: "x", count: 100)
            let up = try home.chancery("up", environment: ["CHANCERY_HOME": long])
            #expect(up.status != 0)
            #expect(up.errors.contains("107"), "\(up.said)")
        }

        @Test(arguments: [
            ["--subject", "Jane Doe", "--role", "verifier"], ["--subject", "a", "--role", "root"],
            ["--subject", "a", "--role", "dpo", "--ttl", "90d"],
        ])
        func badTokenRequestIsRefused(arguments: [String]) throws {
            let home = try TestHome()
            defer { home.remove() }
            try FileManager.default.createDirectory(
                atPath: home.root + "/pki", withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: home.root + "/pki/issuer.key"))
            let token = try Program.run(
                Repository.program("chancery"), ["token", "--home", home.root] + arguments)
            #expect(token.status != 0)
            #expect(token.output.isEmpty)
        }
    }
}
