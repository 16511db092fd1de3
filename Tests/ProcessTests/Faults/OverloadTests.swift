import Foundation
import NIOHTTP1
import Testing

extension ProcessTests {
    /// More clients than the machine can serve are told so, in order; those that are served lose nothing.
    @Suite(.serialized, .runningStack)
    struct Overload {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        /// How a client's one request ended.
        private struct Ending: Sendable {
            let order: PatientClient.Order
            /// Nil: no answer came.
            let reply: API.Reply?
            let error: String
            let time: Duration
        }

        @Test func clientsBeyondCapacityGetOrderlyRefusals() async throws {
            let clients = FaultSettings.overloadClients
            let swarm = try API(stack.home, connections: clients)
            do {
                try await flood(swarm, clients)
            } catch {
                await swarm.shutdown()
                throw error
            }
            await swarm.shutdown()
        }

        private func flood(_ swarm: API, _ clients: Int) async throws {
            var acknowledged = try AcknowledgedCheck(stack)
            let pids = try stack.home.pids()
            var memory: [[String: Int]] = []
            for wave in 1...3 {
                try await connect(swarm, min(clients, Self.connectedBefore))
                let endings = try await self.wave(swarm, clients, pids["chancery-ledger"])
                let taken = endings.filter { $0.reply?.status == 201 }
                report(endings, taken, wave, clients)
                for ending in endings where ending.reply?.status != 201 {
                    expectOrderly(ending, wave)
                }
                #expect(endings.count - taken.count >= clients - Self.places, "wave \(wave)")
                // What was refused, or not answered, is taken once when it is sent again, and nothing is lost.
                let written = try await sendAgain(endings.map(\.order))
                let kept = Dictionary(uniqueKeysWithValues: written.map { ($0.key, $0) })
                for ending in taken {
                    #expect(kept[ending.order.key]?.contact == ending.reply?.json?["id"]?.string)
                }
                try await acknowledged.check(written, "wave \(wave)", reading: 200)
                memory.append(
                    try pids.mapValues { try ProcessFigures($0).resident })
            }
            #expect(try stack.home.pids() == pids, "a daemon ended\n\(stack.home.logs)")
            expectFlat(memory)
            try stack.requireVerified("after the flood")
        }

        /// Of each client's connection: handshakes cost more than requests, and must not pace them. Not more than the gateway
        /// takes at one time.
        private static let connectedBefore = 3_000
        /// Requests that the gateway works on (`APILimits.requests`).
        private static let places = 1_024

        private func connect(_ swarm: API, _ clients: Int) async throws {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<clients {
                    group.addTask {
                        try await swarm.send(.GET, "/healthz", token: nil).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }

        /// All clients ask while the ledger stands still, so that those for whom there is no room are certain to be refused;
        /// then it goes on.
        private func wave(_ swarm: API, _ clients: Int, _ ledger: pid_t?) async throws -> [Ending] {
            let ledger = try #require(ledger)
            kill(ledger, SIGSTOP)
            defer { kill(ledger, SIGCONT) }
            return await withTaskGroup(of: Ending.self) { group in
                for _ in 0..<clients { group.addTask { await Self.ask(swarm) } }
                var endings: [Ending] = []
                for await ending in group {
                    endings.append(ending)
                    if endings.count == max(1, clients - Self.places) { kill(ledger, SIGCONT) }
                }
                return endings
            }
        }

        private static func ask(_ swarm: API) async -> Ending {
            let order = PatientClient.Order(attribute: false)
            let begin = ContinuousClock.now
            do {
                let reply = try await swarm.create(email: order.email, key: order.key)
                return Ending(order: order, reply: reply, error: "", time: .now - begin)
            } catch {
                return Ending(order: order, reply: nil, error: "\(error)", time: .now - begin)
            }
        }

        private func expectOrderly(_ ending: Ending, _ wave: Int) {
            guard let reply = ending.reply else {
                Issue.record("wave \(wave): no answer: \(ending.error)")
                return
            }
            #expect(reply.status == 503, "wave \(wave): \(reply.status) \(reply.text)")
            #expect(
                reply.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0 > 0,
                "wave \(wave): \(reply.headers)")
            #expect(reply.json?["code"]?.string?.isEmpty == false, "wave \(wave): \(reply.text)")
        }

        private func sendAgain(_ orders: [PatientClient.Order]) async throws -> [Acknowledged] {
            let client = PatientClient(api: stack.api, troubles: Troubles())
            return try await withThrowingTaskGroup(of: Acknowledged.self) { group in
                var written: [Acknowledged] = []
                for (number, order) in orders.enumerated() {
                    if number >= 16, let one = try await group.next() { written.append(one) }
                    group.addTask { try await client.create(order) }
                }
                for try await one in group { written.append(one) }
                return written
            }
        }

        /// Times are told, and decide nothing.
        private func report(
            _ endings: [Ending], _ taken: [Ending], _ wave: Int, _ clients: Int
        ) {
            let times = taken.map(\.time).sorted()
            let p99 = times.isEmpty ? .zero : times[(times.count - 1) * 99 / 100]
            let refused = endings.count { $0.reply?.status == 503 }
            print(
                "wave \(wave): \(clients) clients, \(taken.count) taken (p99 \(p99)), \(refused) refused, "
                    + "\(endings.count - taken.count - refused) otherwise")
        }

        /// The first wave fills pools and caches; the third must not need more than the second.
        private func expectFlat(_ memory: [[String: Int]]) {
            for (name, last) in memory[2] {
                let before = memory[1][name] ?? 0
                print("\(name): \(memory.map { ProcessFigures.mebibytes($0[name] ?? 0) })")
                #expect(
                    last < before + before / 5 + (16 << 20),
                    "\(name) grew from \(ProcessFigures.mebibytes(before)) to \(ProcessFigures.mebibytes(last))"
                )
            }
        }
    }
}
