import Foundation
import Testing

extension ProcessTests {
    /// If the ledger cannot write, reads and writes fail closed; when space returns, so does service.
    @Suite(
        .serialized,
        .enabled(if: SmallDisk.isPossible, "needs root, to mount a small file system"))
    struct FullDisk {
        /// The ledger keeps 256 MiB in reserve, and sets a ballast of 64 MiB aside while twice as much is left beside that
        /// (`StoreLimits`).
        private static let size = 640

        @Test func fullDiskFailsClosedAndServiceReturnsWithSpace() async throws {
            let home = try TestHome()
            let disk = try SmallDisk(at: home.root, mebibytes: Self.size)
            defer {
                home.remove()
                disk.unmount()
                home.remove()
            }
            let up = try home.chancery("up")
            try #require(up.status == 0, "\(up.said)\n\(home.logs)")
            let stack = Stack(home: home, api: try API(home))
            do {
                try await check(stack, disk)
            } catch {
                await stack.api.shutdown()
                throw error
            }
            await stack.api.shutdown()
        }

        private func check(_ stack: Stack, _ disk: SmallDisk) async throws {
            var acknowledged = try AcknowledgedCheck(stack)
            let client = PatientClient(api: stack.api, troubles: Troubles())
            let before = try await client.create(.init(attribute: false))
            let pids = try stack.home.pids()
            let ballast = stack.home.root + "/ballast"
            try await waitForBallast(ballast, "at the start")

            // Into the reserve, and then until not one byte is left.
            for left in [128, 0] {
                try disk.fill(leaving: left)
                let comment = "\(left) MiB left"
                try await expectRefusals(stack.api, before, comment)
                #expect(try stack.home.pids() == pids, "\(comment): a daemon ended")
                let status = try stack.home.chancery("status", "--json")
                #expect(
                    JSON(status.output.utf8)?["disk"]?["free"]?.number ?? .max <= left << 20,
                    "\(comment): \(status.said)")
                // An operator can act, by the ballast when nothing else is left.
                let sealed = try stack.home.chancery("seal")
                #expect(sealed.status == 0, "\(comment): \(sealed.said)\n\(stack.home.logs)")
                #expect(FileManager.default.fileExists(atPath: ballast) == (left > 0), "\(comment)")
                // What is public and was persisted needs no write.
                #expect(try await stack.api.get("/ledger/checkpoint").status == 200, "\(comment)")
            }

            try disk.empty()
            let after = try await client.create(.init(attribute: false))
            let bulk = try await client.bulk([.init(attribute: true), .init(attribute: true)])
            #expect(try stack.home.pids() == pids, "service came back with a new process")
            try await acknowledged.check([before, after] + bulk, "after space returned")
            try await waitForBallast(ballast, "for the next time")
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            try stack.requireVerified("after space returned")
        }

        /// The ledger sets it aside when it next looks at the disk.
        private func waitForBallast(_ path: String, _ comment: String) async throws {
            for _ in 0..<1_500 where !FileManager.default.fileExists(atPath: path) {
                try await Task.sleep(for: .milliseconds(20))
            }
            try #require(FileManager.default.fileExists(atPath: path), "no ballast \(comment)")
        }

        /// Reads too: their audit entry could not be written.
        private func expectRefusals(
            _ api: API, _ known: Acknowledged, _ comment: String
        ) async throws {
            let write = try await api.create(email: "full-\(UUID().uuidString)@example.com")
            let read = try await api.get("/api/v1/contacts/\(known.contact)")
            let find = try await api.find(email: known.email)
            let entry = try await api.get(
                "/api/v1/ledger/entries/\(known.index)", token: api.auditor)
            for (name, reply) in [
                ("write", write), ("read", read), ("find", find), ("entry", entry),
            ] {
                #expect(reply.status == 503, "\(comment): \(name): \(reply.status) \(reply.text)")
                #expect(
                    reply.headers.first(name: "Content-Type")?.hasPrefix("application/problem+json")
                        == true, "\(comment): \(name): \(reply.headers)")
                #expect(
                    reply.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0 > 0,
                    "\(comment): \(name)")
                #expect(reply.json?["code"]?.string?.isEmpty == false, "\(comment): \(name)")
                #expect(!reply.text.contains(known.email), "\(comment): \(name) discloses")
            }
        }
    }
}
