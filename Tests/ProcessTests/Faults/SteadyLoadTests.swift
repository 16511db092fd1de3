import Foundation
import Testing

extension ProcessTests {
    /// Half an hour under steady load, in `make soak`: nothing piles up.
    @Suite(
        .serialized, .runningStack,
        .enabled(
            if: FaultSettings.steadyMinutes > 0,
            "set CHANCERY_STEADY_MINUTES to run it; `make soak` does"))
    struct SteadyLoad {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        /// One minute.
        private struct Sample {
            var resident: [String: Int] = [:]
            var descriptors: [String: Int] = [:]
        }

        @Test func memoryAndDescriptorsStayFlat() async throws {
            var acknowledged = try AcknowledgedCheck(stack)
            let pids = try stack.home.pids()
            let load = Load(api: stack.api, writers: 8)
            async let outcome = load.run()
            var samples: [Sample] = []
            for minute in 1...FaultSettings.steadyMinutes {
                let before = load.acknowledged
                let times = try await probe(seconds: 60)
                var sample = Sample()
                for (name, pid) in pids {
                    let figures = try ProcessFigures(pid)
                    sample.resident[name] = figures.resident
                    sample.descriptors[name] = figures.descriptors
                }
                samples.append(sample)
                let figures = sample.resident.sorted { $0.key < $1.key }.map { name, bytes in
                    "\(name) \(ProcessFigures.mebibytes(bytes)) \(sample.descriptors[name] ?? 0) fds"
                }
                print(
                    "minute \(minute): \((load.acknowledged - before) / 60) mutations/s, p50 \(times[times.count / 2]), "
                        + "p99 \(times[(times.count - 1) * 99 / 100]); \(figures.joined(separator: "; "))"
                )
            }
            load.finish()
            let written = try await outcome
            print("troubles: \(load.troubles.text)")
            #expect(try stack.home.pids() == pids, "a daemon ended")
            try await acknowledged.check(written, "after the load", reading: 500)
            try stack.requireVerified("after the load")
            expectFlat(samples)
        }

        /// Times of single requests beside the load, one after the other.
        private func probe(seconds: Int) async throws -> [Duration] {
            let begin = ContinuousClock.now
            var times: [Duration] = []
            repeat {
                let start = ContinuousClock.now
                #expect(try await stack.api.find(email: "nobody@example.org").status == 200)
                times.append(.now - start)
                try await Task.sleep(for: .milliseconds(50))
            } while ContinuousClock.now - begin < .seconds(seconds)
            return times.sorted()
        }

        /// The medians of the second and the last third; in the first, pools and caches fill.
        private func expectFlat(_ samples: [Sample]) {
            let third = max(1, samples.count / 3)
            let early = samples.dropFirst(third).prefix(third)
            let late = samples.suffix(third)
            for name in samples.last?.resident.keys.sorted() ?? [] {
                let before = Self.median(early.compactMap { $0.resident[name] })
                let after = Self.median(late.compactMap { $0.resident[name] })
                #expect(
                    after <= before + before / 5 + (16 << 20),
                    "\(name) grew from \(ProcessFigures.mebibytes(before)) to \(ProcessFigures.mebibytes(after))"
                )
                let few = Self.median(early.compactMap { $0.descriptors[name] })
                let many = Self.median(late.compactMap { $0.descriptors[name] })
                #expect(many <= few + 8, "\(name): from \(few) to \(many) descriptors")
            }
        }

        private static func median(_ values: [Int]) -> Int {
            values.isEmpty ? 0 : values.sorted()[values.count / 2]
        }
    }
}
