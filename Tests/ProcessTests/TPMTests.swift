import Foundation
import Testing

extension ProcessTests {
    /// `chancery tpm …` beside running daemons, and what the daemons do while the TPM is another one.
    @Suite(.serialized, .runningStack)
    struct TPM {
        let stack: Stack
        let home: TestHome

        init() throws {
            stack = try #require(Stack.current)
            home = stack.home
        }

        private func ready() async throws -> Int {
            try await stack.api.send(.GET, "/readyz", token: nil).status
        }

        private func until(_ met: () async throws -> Bool) async throws -> Bool {
            for _ in 0..<600 {
                if try await met() { return true }
                try await Task.sleep(for: .milliseconds(100))
            }
            return false
        }

        @Test func statusWorksBesideTheDaemonsAndWithoutThem() throws {
            try stack.up()
            for running in [true, false] {
                if !running { #expect(try home.chancery("down").status == 0) }
                let status = try home.chancery("tpm", "status", "--json")
                #expect(status.status == 0, "\(status.said)")
                let json = try #require(JSON(status.output.utf8))
                #expect(json["problems"]?.array?.isEmpty == true)
                #expect(json["counters"]?.array?.count == 3)
                #expect((try home.pids()["swtpm"] != nil) == running)
            }
            let text = try home.chancery("tpm", "status")
            #expect(text.output.contains("lockout"), "\(text.said)")
            try stack.up()
        }

        @Test func provisioningAsksForStoppedDaemonsAndIsSafeToRepeat() throws {
            try stack.up()
            let refused = try home.chancery("tpm", "provision")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("chancery down"), "\(refused.said)")
            #expect(try home.chancery("tpm", "clear-lockout").status == 0)
            #expect(try home.chancery("down").status == 0)
            let done = try home.chancery("tpm", "provision")
            #expect(done.status == 0, "\(done.said)")
            #expect(done.output.contains("this TPM opens them"), "\(done.said)")
            try stack.up()
            try stack.requireVerified("after provisioning again")
        }

        @Test func provisioningAnEmptyDirectoryIsTheFirstStart() throws {
            let fresh = try TestHome()
            defer { fresh.remove() }
            let missing = try fresh.chancery("tpm", "status")
            #expect(missing.status == 1)
            #expect(missing.errors.contains("tpm provision"), "\(missing.said)")
            let done = try fresh.chancery("tpm", "provision")
            #expect(done.output.contains("keys: made"), "\(done.said)")
            #expect(try fresh.chancery("tpm", "status").status == 0)
            let up = try fresh.chancery("up")
            #expect(up.status == 0, "\(up.said)")
        }

        /// The trust file of an enrollment verifies the ledger, and its evidence holds for who has the root.
        @Test func anEnrolledTrustFileVerifiesTheLedger() async throws {
            try stack.up()
            _ = try await stack.api.create(email: "enroll-\(UUID().uuidString)@example.com")
            let file = home.directory + "/enrolled.json"
            #expect(try home.chancery("tpm", "enroll", "--out", file).status == 1)
            #expect(try home.chancery("seal").status == 0)
            #expect(try home.chancery("down").status == 0)
            let done = try home.chancery("tpm", "enroll", "--out", file)
            #expect(done.status == 0, "\(done.said)")
            #expect(done.errors.contains("proves nothing about hardware"), "\(done.said)")
            let verified = try Program.run(
                Repository.program("chancery-verify"), [home.root, "--trust", file])
            #expect(verified.status == 0, "\(verified.said)")
            let root = home.tpm + "/ca/swtpm-localca-rootca-cert.pem"
            let check = try home.chancery("tpm", "check", "--trust", file, "--ca-bundle", root)
            #expect(check.status == 0, "\(check.said)")
            let other = try home.chancery(
                "tpm", "check", "--trust", file, "--ca-bundle", home.root + "/pki/ca.pem")
            #expect(other.status == 1)
            #expect(other.errors.contains("leads to no root"), "\(other.said)")
            try stack.up()
        }

        /// Daemons start in any order.
        @Test func aKeeperThatStartsBeforeItsTPMWaitsForIt() async throws {
            try stack.up()
            #expect(try home.chancery("down").status == 0)
            let keeper = try RunningProgram(
                Repository.program("chancery-keeper"),
                ["--home", home.root, "--tcti", "swtpm:path=" + home.tpm + "/swtpm.sock"])
            #expect(
                try await until {
                    try home.chancery("status").output.contains("waiting for the TPM")
                })
            #expect(keeper.isRunning)
            try stack.up()
            #expect(try home.pids()["chancery-keeper"] == keeper.pid)
            #expect(try await ready() == 200)
            #expect(try home.chancery("down").status == 0)
            #expect(try keeper.result().status == 0)
            try stack.up()
        }

        /// What firmware measures that nobody approved of: TPM2_PCR_Extend of register 7, as the TPM takes it from its socket.
        private func changePlatform() throws {
            let command: [UInt8] =
                [0x80, 0x02, 0, 0, 0, 65, 0, 0, 0x01, 0x82, 0, 0, 0, 7]
                + [0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0]
                + [0, 0, 0, 1, 0, 0x0B] + [UInt8](repeating: 0x5A, count: 32)
            let tpm = try UnixPeer(home.tpm + "/swtpm.sock")
            #expect(tpm.send(command) == command.count)
            #expect(Array(tpm.receive()[6..<10]) == [0, 0, 0, 0])
        }

        @Test func anUnknownPlatformIsToldSoonAndServedOnceItIsApproved() async throws {
            try stack.up()
            let created = try await stack.api.create(email: "boot-\(UUID().uuidString)@example.com")
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            try home.killNine(try home.pids()["chancery-keeper"])
            try changePlatform()
            let refused = try home.chancery("up")
            #expect(refused.status != 0)
            for words in ["waiting for a signed policy", "PCR 7 is", "chancery tpm policy show"] {
                #expect(refused.errors.contains(words), "\(refused.said)")
            }
            #expect(!refused.errors.contains("after 180 s"), "\(refused.said)")
            let waiting = try #require(try home.pids()["chancery-keeper"])

            let (values, signed) = (home.directory + "/values", home.directory + "/signed")
            try home.chancery("tpm", "policy", "show").output
                .write(toFile: values, atomically: true, encoding: .utf8)
            try home.require(
                "tpm", "policy", "sign", "--key", home.tpm + "/policy.key", "--values", values,
                "--out",
                signed)
            try home.require("tpm", "policy", "install", signed)
            #expect(try await until { try home.chancery("up").status == 0 })
            #expect(try home.pids()["chancery-keeper"] == waiting)
            #expect(try await stack.api.get("/api/v1/contacts/\(id)").status == 200)
            try stack.requireVerified("on a platform that was approved later")
        }

        /// A TPM that says nothing for longer than the keeper's patience.
        @Test func aTPMThatHangsIsToldAndWritesGoOn() async throws {
            try stack.up()
            let tpm = try #require(try home.pids()["swtpm"])
            kill(tpm, SIGSTOP)
            defer { kill(tpm, SIGCONT) }
            let write = try await stack.api.create(email: "slow-\(UUID().uuidString)@example.com")
            #expect(write.status == 201, "\(write.text)")
            #expect(
                try await until {
                    try home.chancery("status").output.contains("seals and erasures wait: TPM busy")
                })
            #expect(try await ready() == 200)
            kill(tpm, SIGCONT)
            #expect(
                try await until {
                    try !home.chancery("status").output.contains("seals and erasures wait")
                })
            #expect(try home.chancery("seal").status == 0)
            try stack.requireVerified("after the TPM hung")
        }

        /// A stranger's TPM at the address of ours: nothing is acknowledged that a restart could not read. No human is
        /// needed once ours is back.
        @Test func anotherTPMSuspendsTheKeeperUntilTheRightOneIsBack() async throws {
            try stack.up()
            #expect(try await ready() == 200)
            try home.killNine(try home.pids()["swtpm"])
            let other = home.directory + "/other"
            try FileManager.default.createDirectory(
                atPath: other, withIntermediateDirectories: true)
            let made = try Program.run(
                "/usr/bin/swtpm_setup", ["--tpm2", "--tpmstate", other, "--lock-nvram"])
            try #require(made.status == 0, "\(made.said)")
            for name in ["swtpm.sock", "swtpm.sock.ctrl"] { unlink(home.tpm + "/" + name) }
            let stranger = try RunningProgram(
                "/usr/bin/swtpm",
                [
                    "socket", "--tpm2", "--tpmstate", "dir=" + other,
                    "--server", "type=unixio,path=" + home.tpm + "/swtpm.sock",
                    "--ctrl", "type=unixio,path=" + home.tpm + "/swtpm.sock.ctrl",
                    "--flags", "not-need-init,startup-clear",
                ])
            #expect(try await until { try await ready() == 503 })
            let status = try home.chancery("status")
            #expect(status.status == 3)
            #expect(status.output.contains("cleared or replaced"), "\(status.said)")
            let write = try await stack.api.create(
                email: "stranger-\(UUID().uuidString)@example.com")
            #expect(write.status == 503, "\(write.text)")
            let look = try home.chancery(
                "tpm", "status", "--tcti", "swtpm:path=" + home.tpm + "/swtpm.sock")
            #expect(look.status == 3)
            #expect(look.output.contains("Do not stop a keeper"), "\(look.said)")

            let keeper = try home.pids()["chancery-keeper"]
            kill(stranger.pid, SIGKILL)
            _ = try stranger.result()
            try stack.up()
            #expect(try await until { try await ready() == 200 })
            #expect(try home.pids()["chancery-keeper"] == keeper)
            let again = try await stack.api.create(
                email: "stranger-\(UUID().uuidString)@example.com")
            #expect(again.status == 201, "\(again.text)")
            try stack.requireVerified("after another TPM was in its place")
        }
    }
}
