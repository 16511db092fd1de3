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
    }
}
