import TestSupport
import Testing

extension ProcessTests {
    /// EIO, ENOSPC and the end at each write, sync, rename and unlink of what the daemons and the operator's commands write.
    @Suite(
        .serialized,
        .enabled(if: TracedDaemon.isPossible, "needs root and strace: run `make test` as root"))
    struct SyscallFaults {
        /// In CI a stride through all points, begun at a random place: some 25 a daemon take a minute; `make soak` takes all.
        private static let pointsInCI = 25
        private static let firstStartsInCI = 6
        private static let recoveriesInCI = 3
        private static let rotationsInCI = 5
        private static let killsInCI = 4

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

        @Test(arguments: FaultTarget.allCases)
        func rotationsCompleteByThemselvesAfterAKillAtAnyStep(target: FaultTarget) async throws {
            var sweep = try FaultSweep(target, .rotations)
            do {
                let points = try Self.points(
                    "rotations, \(target.rawValue)", try await sweep.count(), [.kill],
                    inCI: Self.rotationsInCI)
                try await sweep.run(points)
                #expect(sweep.reached * 2 > points.count, "the faults miss the daemon")
            } catch {
                await sweep.stop()
                throw error
            }
            await sweep.stop()
        }

        @Test(arguments: ["chancery", "chancery-keeper"])
        func provisioningGoesOnAfterAKillAtAnyStep(program: String) async throws {
            try await Self.sweep(SweptProvision(), killing: program)
        }

        @Test(arguments: ["chancery", "chancery-ledger", "chancery-keeper"])
        func aBackupIsWholeOrNoneAfterAKillAtAnyStep(program: String) async throws {
            try await Self.sweep(SweptBackup(), killing: program)
        }

        @Test(arguments: ["chancery", "chancery-ledger", "chancery-keeper"])
        func aRestoreIsCompletedAfterAKillAtAnyStep(program: String) async throws {
            try await Self.sweep(SweptRestore(), killing: program)
        }

        private static func sweep(_ command: some SweptCommand, killing program: String)
            async throws
        {
            do {
                var sweep = try CommandSweep(command, killing: program)
                let points = try points(
                    "\(command.arguments.prefix(2).joined(separator: " ")), \(program)",
                    try await sweep.count(), [.kill], inCI: killsInCI)
                try await sweep.run(points)
                #expect(sweep.reached * 2 > points.count, "the kills miss the program")
            } catch {
                await command.stop()
                throw error
            }
            await command.stop()
        }

        private static func points(
            _ name: String, _ counts: [String: Int],
            _ faults: [Injection.Fault] = Injection.Fault.allCases, inCI: Int
        ) throws -> [Injection] {
            try #require(
                counts["fsync", default: 0] + counts["fdatasync", default: 0] > 1,
                "\(name): the trace is empty: \(counts)")
            var random = SeededGenerator(seed: FaultSettings.seed)
            let points = Injection.points(
                counts, faults, most: FaultSettings.faultPoints ?? inCI, random: &random)
            let calls = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            print(
                "\(name): \(points.count) of \(counts.values.reduce(0, +) * faults.count) points of "
                    + "\(calls.joined(separator: ", ")); CHANCERY_SEED=\(FaultSettings.seed)")
            return points
        }
    }
}
