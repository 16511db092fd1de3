import Foundation
import Testing

@testable import LedgerStore

/// `CHANCERY_SIMULATION_SEEDS=n` runs more seeds (`make simulate SEEDS=n`), `CHANCERY_SIMULATION_SEED=s` one again.
@Suite struct SimulationTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    static let seeds: [UInt64] = {
        if let seed = number("CHANCERY_SIMULATION_SEED") { return [seed] }
        return Array(1...(number("CHANCERY_SIMULATION_SEEDS") ?? 8))
    }()

    @Test(arguments: seeds)
    func aLedgerThatIsKilledAndHurtAnywhereKeepsEveryRule(seed: UInt64) async throws {
        var simulation = try await Simulation(seed: seed)
        do {
            try await simulation.run(actions: 40)
        } catch {
            Issue.record("seed \(seed): \(error); replay it with CHANCERY_SIMULATION_SEED=\(seed)")
        }
        // A simulation in which nothing went wrong shows nothing.
        #expect(simulation.kills + simulation.failures > 3, "seed \(seed)")
    }
}
