import Foundation
import Testing

extension ProcessTests {
    /// As an appliance runs them: a user for each daemon, and a service manager that opens their sockets and is told how they are.
    /// `service-manager` plays that manager; the machine needs none.
    @Suite(.enabled(if: getuid() == 0, "only root can start processes of three users"))
    struct Managed {
        /// A data directory that three users reach, and programs that they may run.
        private func prepare() throws -> (home: TestHome, programs: String) {
            // Not in TMPDIR, whose directories are ours alone.
            let home = try TestHome(parent: "/tmp")
            let up = try home.chancery("up")
            guard up.status == 0 else { throw TestFailure("\(up.said)\n\(home.logs)") }
            let pids = try home.pids()
            for daemon in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
                let pid = try #require(pids[daemon])
                kill(pid, SIGTERM)
                while TestHome.isAlive(pid) { usleep(2_000) }
            }
            let programs = home.directory + "/programs"
            try FileManager.default.createDirectory(
                atPath: programs, withIntermediateDirectories: true)
            for daemon in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
                try FileManager.default.copyItem(
                    atPath: Repository.program(daemon), toPath: programs + "/" + daemon)
            }
            chmod(home.directory, 0o755)
            chmod(programs, 0o755)
            return (home, programs)
        }

        /// - Parameter commands: of `service-manager`, for this home and a token of the platform's.
        /// - Returns: what each said, and how all ended.
        private func manage(
            _ commands: (TestHome, String) -> [String]
        ) throws -> (lines: [String], home: TestHome) {
            let (home, programs) = try prepare()
            do {
                let manager = Repository.root + "/Tests/ProcessTests/Managed/service-manager"
                let token = try home.token("enrichment-platform")
                let result = try Program.run(
                    Repository.python,
                    [manager, programs, home.root, home.tpm + "/swtpm.sock", String(home.port)]
                        + commands(home, token))
                guard result.status == 0 else { throw TestFailure(result.said) }
                let lines = result.output.split(
                    separator: "\n", omittingEmptySubsequences: false)
                return (lines.dropLast().map(String.init), home)
            } catch {
                home.remove()
                throw error
            }
        }

        @Test func threeUsersServeOnSocketsThatTheyWereHandedAndSayHowTheyAre() throws {
            let contact = API.contact(email: "managed@example.com")
            let (lines, home) = try manage { home, token in
                [
                    "status keeper", "status ledger", "status gateway",
                    "watchdog keeper", "watchdog ledger", "watchdog gateway",
                    "as root /usr/bin/curl -sS --fail-with-body --cacert \(home.root)/pki/ca.pem "
                        + "https://localhost:\(home.port)/api/v1/contacts -H 'X-Purpose: sales' "
                        + "-H 'Authorization: Bearer \(token)' -H 'Content-Type: application/json' -d '\(contact)'",
                ]
            }
            defer { home.remove() }
            try #require(lines.count == 8, "\(lines)")
            #expect(
                lines.prefix(6) == ["serving", "serving", "serving", "alive", "alive", "alive"])
            #expect(lines[6].hasPrefix("0 {") && lines[6].contains("receipt"), "\(lines[6])")
            #expect(
                lines[7] == "gateway 0 ledger 0 keeper 0 left "
                    + "keeper.gateway.sock keeper.ledger.sock ledger.gateway.sock")
            let verified = try home.verify()
            #expect(verified.status == 0, "\(verified.said)")
        }

        /// What one daemon could do if it were taken over, by its user alone.
        @Test func noUserReachesWhatIsAnothers() throws {
            let connecting =
                "/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])'"
            func attacks(_ root: String) -> [String] {
                [
                    "as gateway /bin/cat \(root)/keys/keystore.sqlite",
                    "as ledger /bin/cat \(root)/keys/root.sealed",
                    "as gateway /bin/cat \(root)/ledger/segment-00000001.sqlite",
                    "as keeper /bin/cat \(root)/ledger/segment-00000001.sqlite",
                    "as keeper /bin/cat \(root)/views/projections.sqlite",
                    "as ledger /bin/cat \(root)/pki/issuer.key",
                    "as gateway /bin/cat \(root)/pki/ca.key",
                    "as gateway /bin/cp /etc/hostname \(root)/pki/jwks.json",
                    "as ledger /bin/cp /etc/hostname \(root)/pki/denied-tokens",
                    // Whoever renames a directory puts another in its place.
                    "as ledger /bin/mv \(root)/pki \(root)/pki-before",
                    "as ledger /bin/mv \(root)/keys \(root)/keys-before",
                    "as ledger /bin/mv \(root)/run \(root)/run-before",
                    "as gateway /bin/rm -f \(root)/run/keeper.ledger.sock",
                    "as gateway /bin/rm -f \(root)/run/chancery-keeper.pid",
                    "as gateway \(connecting) \(root)/run/keeper.ledger.sock",
                    "as ledger \(connecting) \(root)/run/keeper.gateway.sock",
                    "as keeper \(connecting) \(root)/run/ledger.gateway.sock",
                ]
            }
            // What shows that they fail for want of a right, and not of a file.
            let permitted = [
                "as gateway \(connecting) HOME/run/keeper.gateway.sock",
                "as ledger \(connecting) HOME/run/keeper.ledger.sock",
                "as ledger /bin/cat HOME/pki/jwks.json", "as keeper /bin/cat HOME/trust.json",
            ]
            let (lines, home) = try manage { home, _ in
                attacks(home.root)
                    + permitted.map { $0.replacingOccurrences(of: "HOME", with: home.root) }
            }
            defer { home.remove() }
            let tried = attacks(home.root)
            try #require(lines.count == tried.count + permitted.count + 1, "\(lines)")
            for (attack, line) in zip(tried, lines) {
                #expect(
                    line.contains("Permission denied") || line.contains("not permitted"),
                    "\(attack): \(line)")
            }
            for (use, line) in zip(permitted, lines.dropFirst(tried.count)) {
                #expect(line.hasPrefix("0 "), "\(use): \(line)")
            }
        }
    }
}
