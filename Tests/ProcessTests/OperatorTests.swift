import Foundation
import Testing

extension ProcessTests {
    /// What an operator does to a running Chancery, on purpose or by mistake: the next command puts it right, or says
    /// what is wrong.
    @Suite(.serialized, .runningStack)
    struct Operator {
        let stack: Stack
        let home: TestHome

        init() throws {
            stack = try #require(Stack.current)
            home = stack.home
        }

        @Test func lostCertificatesAreMadeAnewAndTheGatewayShowsThem() async throws {
            try stack.up()
            let before = try home.pids()
            try FileManager.default.removeItem(atPath: home.root + "/pki")
            try stack.up()
            let after = try home.pids()
            #expect(after == before)
            // New authority, new issuer: all three must accept its tokens.
            let api = try API(home)
            var reply = try await api.create(email: "pki-\(UUID().uuidString)@example.com")
            // Each looks at the files once a second, and may have done so the moment before.
            for _ in 0..<100 where reply.status == 401 {
                usleep(100_000)
                reply = try await api.create(email: "pki-\(UUID().uuidString)@example.com")
            }
            #expect(reply.status == 201, "\(reply.text)")
            await api.shutdown()
        }

        @Test func olderBuildIsRestartedAndNothingElse() throws {
            try stack.up()
            let before = try home.pids()
            // As the daemon would have written it had its program been another file.
            let file = home.root + "/run/chancery-ledger.pid"
            let pid = try #require(before["chancery-ledger"])
            try Data("\(pid)\n1:2:3:4.5\n".utf8).write(to: URL(fileURLWithPath: file))
            #expect(try home.chancery("status").output.contains("older build"))
            try stack.up()
            let after = try home.pids()
            #expect(after["chancery-ledger"] != pid)
            #expect(
                after.filter { $0.key != "chancery-ledger" }
                    == before.filter { $0.key != "chancery-ledger" })
            #expect(try !home.chancery("status").output.contains("older build"))
        }

        @Test func deletedTPMUnderARunningOneIsNamedAndComesBackFromACopy() throws {
            try stack.up()
            try FileManager.default.moveItem(atPath: home.tpm, toPath: home.tpm + "-copy")
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains("from a copy"), "\(up.said)")
            #expect(!FileManager.default.fileExists(atPath: home.tpm))
            try FileManager.default.moveItem(atPath: home.tpm + "-copy", toPath: home.tpm)
            #expect(try home.chancery("down").status == 0)
            try stack.up()
        }

        @Test func runFilesDeletedUnderTheDaemonsAreMadeAnew() throws {
            try stack.up()
            let before = try home.pids()
            try FileManager.default.removeItem(atPath: home.root + "/run")
            #expect(try home.chancery("status").status == 3)
            try stack.up()
            for pid in before.filter({ $0.key != "swtpm" }).values {
                #expect(!TestHome.isAlive(pid))
            }
            #expect(try home.chancery("status").status == 0)
            try stack.requireVerified("after run/ was deleted")
        }

        @Test func lostKeysAreNotReplacedByNewOnes() throws {
            try stack.up()
            #expect(try home.chancery("down").status == 0)
            let keys = home.root + "/keys"
            try FileManager.default.moveItem(atPath: keys, toPath: keys + "-copy")
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains(keys), "\(up.said)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: keys).isEmpty)
            try FileManager.default.removeItem(atPath: keys)
            try FileManager.default.moveItem(atPath: keys + "-copy", toPath: keys)
            try stack.up()
            try stack.requireVerified("after the keys were put back")
        }

        @Test func damagedSegmentIsNamedAndEndsTheStart() throws {
            try stack.up()
            #expect(try home.chancery("down").status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: home.ledger)
            let name = try #require(names.filter { $0.hasSuffix(".sqlite") }.max())
            let path = home.ledger + "/" + name
            let intact = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(chmod(path, 0o600) == 0)
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.write(contentsOf: Data(repeating: 0x58, count: 64))
            try file.close()
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains(name), "\(up.said)")
            try intact.write(to: URL(fileURLWithPath: path))
            try stack.up()
            try stack.requireVerified("after the segment was put back")
        }

        @Test func damagedCertificatesAreNamed() throws {
            try stack.up()
            let authority = home.root + "/pki/ca.pem"
            let intact = try Data(contentsOf: URL(fileURLWithPath: authority))
            try Data("nothing".utf8).write(to: URL(fileURLWithPath: authority))
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains(authority), "\(up.said)")
            try intact.write(to: URL(fileURLWithPath: authority))
            try stack.up()
        }

        @Test func unbuiltTreeDoesNotSayThatNothingRuns() throws {
            try stack.up()
            let script = Repository.root + "/scripts/nothing-runs.sh"
            let pids = try home.pids()
            let told = try Program.run(script, [], environment: home.environment)
            #expect(told.status == 3)
            for daemon in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
                #expect(told.errors.contains("\(try #require(pids[daemon]))"), "\(told.said)")
            }
            let idle = try Program.run(
                script, [], environment: ["CHANCERY_HOME": home.directory + "/other"])
            #expect(idle.status == 0)
        }

        @Test func interruptedRebuildLeavesNobodyBehind() throws {
            try stack.up()
            let programs = home.directory + "/bin"
            let started = home.directory + "/rebuilding"
            try FileManager.default.createDirectory(
                atPath: programs, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: Repository.program("chancery"), toPath: programs + "/chancery")
            for daemon in ["chancery-keeper", "chancery-gateway"] {
                try FileManager.default.createSymbolicLink(
                    atPath: programs + "/" + daemon,
                    withDestinationPath: Repository.program(daemon))
            }
            // A rebuild that takes for ever.
            let slow = programs + "/chancery-ledger"
            try
                "#!/bin/sh\necho $$ > '\(started).new'; mv '\(started).new' '\(started)'; exec sleep 600\n"
                .write(toFile: slow, atomically: true, encoding: .utf8)
            #expect(chmod(slow, 0o700) == 0)

            let rebuild = try RunningProgram(
                programs + "/chancery", ["rebuild"], environment: home.environment)
            rebuild.wait { FileManager.default.fileExists(atPath: started) }
            let text = try String(contentsOfFile: started, encoding: .utf8)
            let child = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(TestHome.isAlive(child))
            kill(rebuild.pid, SIGINT)
            let result = try rebuild.result()
            #expect(result.status != 0)
            #expect(result.errors.contains("Interrupted"), "\(result.said)")
            #expect(!TestHome.isAlive(child))
            try stack.up()
            try stack.requireVerified("after an interrupted rebuild")
        }
    }
}
