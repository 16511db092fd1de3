import TestSupport
import Testing

extension ProcessTests {
    /// EIO, ENOSPC and the end at each write, sync, rename and unlink of what ledger and keeper write.
    @Suite(
        .serialized,
        .enabled(if: TracedDaemon.isPossible, "needs root and strace: run `make test` as root"))
    struct SyscallFaults {
        /// In CI a stride through all points, begun at a random place: some 25 a daemon take a minute; `make soak` takes all.
        private static let pointsInCI = 25
        private static let firstStartsInCI = 6
        private static let recoveriesInCI = 3

        @Test(arguments: FaultTarget.allCases)
        func everyFaultOfADiskIsReportedAndLosesNothing(target: FaultTarget) async throws {
            var sweep = try FaultSweep(target)
            do {
                let points = try Self.points(
                    target.rawValue, try await sweep.count(), inCI: Self.pointsInCI)
                try await sweep.run(points)
                // Threads share work differently each time, so the last calls are not always reached.
                #expect(sweep.reached * 2 > points.count, "the faults miss the daemon")
            } catch {
                await sweep.stop()
                throw error
            }
            await sweep.stop()
        }

        @Test func everyFaultOfAFirstStartLeavesKeysThatWork() async throws {
            var sweep = try FirstStartSweep()
            do {
                let points = try Self.points(
                    "first start", try await sweep.count(), inCI: Self.firstStartsInCI)
                try await sweep.run(points)
                #expect(sweep.reached * 2 > points.count, "the faults miss the daemon")
            } catch {
                await sweep.stop()
                throw error
            }
            await sweep.stop()
        }

        @Test(arguments: FaultTarget.allCases)
        func everyFaultOfARecoveryIsMendedByTheNext(target: FaultTarget) async throws {
            var sweep = try RecoverySweep(target)
            do {
                let points = try Self.points(
                    "recovery, \(target.rawValue)", try await sweep.count(),
                    inCI: Self.recoveriesInCI)
                try await sweep.run(points)
                #expect(sweep.reached * 2 > points.count, "the faults miss the daemon")
            } catch {
                await sweep.stop()
                throw error
            }
            await sweep.stop()
        }

        private static func points(
            _ name: String, _ counts: [String: Int], inCI: Int
        ) throws -> [Injection] {
            for call in ["pwrite64", "fdatasync"] {
                try #require(counts[call] ?? 0 > 1, "\(name): the trace is empty: \(counts)")
            }
            var random = SeededGenerator(seed: FaultSettings.seed)
            let points = Injection.points(
                counts, most: FaultSettings.faultPoints ?? inCI, random: &random)
            let calls = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            print(
                "\(name): \(points.count) of \(counts.values.reduce(0, +) * 3) points of "
                    + "\(calls.joined(separator: ", ")); CHANCERY_SEED=\(FaultSettings.seed)")
            return points
        }
    }
}
