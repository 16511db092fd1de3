import Foundation
import Testing

extension ProcessTests {
    /// `chancery doctor` on a Chancery that runs, that was stopped, and that somebody tampered with.
    @Suite(.serialized, .runningStack)
    struct Doctor {
        let stack: Stack
        let home: TestHome

        init() throws {
            stack = try #require(Stack.current)
            home = stack.home
        }

        private func severities(_ arguments: String...) throws -> (status: Int32, [String: String])
        {
            let result = try Program.run(
                Repository.program("chancery"), ["doctor", "--json"] + arguments,
                environment: home.environment)
            let document = try #require(JSON(result.output.utf8), "\(result.said)")
            #expect(document["format"]?.string == "chancery-doctor/1")
            #expect(document["exitCode"]?.number.map { Int32($0) } == result.status)
            var found: [String: String] = [:]
            for finding in document["findings"]?.array ?? [] {
                found[try #require(finding["name"]?.string)] = finding["severity"]?.string
            }
            return (result.status, found)
        }

        @Test func aHealthyHomeHasNothingToDo() throws {
            try stack.up()
            let (status, found) = try severities()
            var bad = found.filter { $0.value != "ok" && $0.value != "none-here" }
            // Without root a keeper may not lock its memory, and doctor is right to say so.
            if geteuid() != 0 { bad["tpm.memory"] = nil }
            #expect(bad.isEmpty)
            #expect(status == 0 || geteuid() != 0, "\(bad)")
            for name in [
                "trust.checkpoint", "tpm.counters", "tpm.policy", "certificates.server.key",
                "permissions.keys", "disk.ballast", "clock.entries",
            ] {
                #expect(found[name] == "ok", "\(name): \(found[name] ?? "not there")")
            }
            // Whoever reads the object by machine knows the names from the help.
            let help = try home.chancery("doctor", "--help").output
            for name in found.keys where !name.hasPrefix("processes.") {
                #expect(help.contains(name.drop { $0 != "." }.dropFirst()), "\(name)")
            }
            let text = try home.chancery("doctor")
            #expect(text.status == status)
            #expect(text.output.contains("Nothing to do") == (status == 0))
        }

        @Test func plantedFaultsAreNamed() throws {
            try stack.up()
            #expect(chmod(home.ledger, 0o777) == 0)
            let pids = try home.pids()
            try home.killNine(pids["chancery-gateway"])
            let (status, found) = try severities("--backups", home.directory + "/nowhere")
            #expect(status == 3)
            #expect(found["permissions.ledger"] == "error")
            #expect(found["processes.chancery-gateway"] == "error")
            #expect(found["processes.chancery-ledger"] == "ok")
            #expect(found["backups.newest"] == "error")
            #expect(found["trust.checkpoint"] == "not-checked")
            #expect(chmod(home.ledger, 0o700) == 0)
            try stack.up()
        }

        /// Of what a user may not see nothing is said to be well, nor to be wrong.
        @Test(.enabled(if: geteuid() == 0, "root alone can become somebody else"))
        func whoMayNotSeeIsToldSo() throws {
            try stack.up()
            let result = try Program.run(
                "/usr/bin/setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups",
                    Repository.program("chancery"), "doctor", "--json",
                ], environment: home.environment)
            // Where even the program may not be run by others there is nothing to see.
            guard result.status != 126, result.status != 127 else { return }
            let document = try #require(JSON(result.output.utf8), "\(result.said)")
            #expect(result.status == 2, "\(result.said)")
            for finding in document["findings"]?.array ?? [] {
                let name = finding["name"]?.string ?? ""
                #expect(finding["severity"]?.string != "error", "\(finding)")
                let isHidden = [
                    "permissions.keys", "backups", "certificates.server", "clock.entries",
                    "trust.file",
                ]
                .contains { name.hasPrefix($0) }
                if isHidden { #expect(finding["severity"]?.string != "ok", "\(finding)") }
            }
        }

        @Test func aStoppedHomeIsLookedAt() throws {
            try stack.up()
            #expect(try home.chancery("down").status == 0)
            let (status, found) = try severities()
            #expect(status == 3)
            #expect(found["processes.chancery-keeper"] == "error")
            #expect(found["tpm.answers"] == "not-checked")
            #expect(found["ledger.erasures"] == "not-checked")
            #expect(found["certificates.server"] == "ok")
            #expect(found["clock.entries"] == "ok")
            try stack.up()
        }
    }
}
