import Foundation
import Testing

extension ProcessTests {
    /// What the daemons gave up holds for every one of their threads: also those that ran before `main` had much to say.
    @Suite struct Hardening {
        static let daemons = ["chancery-keeper", "chancery-ledger", "chancery-gateway"]

        /// Root with all capabilities may look into everything; so may processes it looks at be protected by theirs. Without,
        /// only the dumpable flag decides.
        private func withoutCapabilities(_ program: String, _ arguments: [String]) -> (
            String, [String]
        ) {
            geteuid() == 0
                ? (
                    "/usr/bin/setpriv",
                    ["--bounding-set=-all", "--inh-caps=-all", program] + arguments
                )
                : (program, arguments)
        }

        private func run(
            _ program: String, _ arguments: [String], environment: [String: String?] = [:]
        ) throws -> Program {
            let (program, arguments) = withoutCapabilities(program, arguments)
            return try Program.run(program, arguments, environment: environment)
        }

        @Test func noDaemonCanBeReadDumpedOrGainPrivileges() throws {
            let home = try TestHome()
            defer { home.remove() }
            let up = try run(Repository.program("chancery"), ["up"], environment: home.environment)
            try #require(up.status == 0, "\(up.said)\n\(home.logs)")
            let pids = try home.pids()

            // What the probe can see of a process that hides nothing.
            let open = try #require(pids["swtpm"])
            let control = try run("/usr/bin/readlink", ["/proc/\(open)/exe"])
            #expect(control.status == 0 && control.output.contains("swtpm"), "\(control.said)")

            for daemon in Self.daemons {
                let pid = try #require(pids[daemon])
                #expect(try run("/usr/bin/readlink", ["/proc/\(pid)/exe"]).status != 0, "\(daemon)")
                let limits = try String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
                let core = try #require(
                    limits.split(separator: "\n").first { $0.contains("core file") })
                #expect(
                    core.split(separator: " ").filter { $0 == "0" }.count == 2, "\(daemon): \(core)"
                )
                let threads = try FileManager.default.contentsOfDirectory(
                    atPath: "/proc/\(pid)/task")
                #expect(threads.count > 1)
                for thread in threads {
                    // One may end meanwhile.
                    guard
                        let status = try? String(
                            contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)
                    else { continue }
                    #expect(status.contains("NoNewPrivs:\t1"), "\(daemon), thread \(thread)")
                }
            }
        }

        @Test func rebuildWithoutItsCommandEndsOnASignal() throws {
            let home = try TestHome()
            defer { home.remove() }
            // No keeper: it waits for one.
            let rebuild = try RunningProgram(
                Repository.program("chancery-ledger"), ["--home", home.root, "--rebuild"])
            let pidFile = home.root + "/run/chancery-ledger.pid"
            rebuild.wait {
                FileManager.default.contents(atPath: pidFile)?
                    .starts(with: Data("\(rebuild.pid)\n".utf8)) == true
            }
            kill(rebuild.pid, SIGTERM)
            #expect(try rebuild.result().status == 128 + SIGTERM)
        }
    }
}
