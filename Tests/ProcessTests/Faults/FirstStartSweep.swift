import Foundation
import Testing

/// The keeper's first start, again and again, each time with one fault: whatever it leaves, the next start makes keys that work,
/// and never half of two sets.
struct FirstStartSweep {
    private let stack: Stack
    private(set) var reached = 0

    init() throws { stack = try Stack.start() }

    func stop() async { await stack.stop() }

    /// - Returns: how often a single thread made each call, at most, without a fault.
    mutating func count() async throws -> [String: Int] { try await run(nil) }

    mutating func run(_ points: [Injection]) async throws {
        for point in points { _ = try await run(point) }
        print("first start of the keeper: \(points.count) points, \(reached) reached")
    }

    private mutating func run(_ point: Injection?) async throws -> [String: Int] {
        let comment = "first start, \(point?.description ?? "no fault")"
        let home = stack.home
        // As on the first day, but for certificates, TPM and the policy that an operator signed for it.
        let pids = try home.pids()
        for name in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
            if let pid = pids[name] { try home.killNine(pid) }
        }
        for name in ["ledger", "views", "trust.json"] {
            try FileManager.default.removeItem(atPath: home.root + "/" + name)
        }
        let keys = home.root + "/keys"
        for name in try FileManager.default.contentsOfDirectory(atPath: keys)
        where !name.hasPrefix("policy-") {
            try FileManager.default.removeItem(atPath: keys + "/" + name)
        }

        let keeper = try TracedDaemon(.keeper, home: home, injection: point)
        try await waitUntilSettled(keeper)
        await keeper.kill()
        // One that came only when the keeper was up already did not come: then it was this test that ended it.
        if let point,
            let fault = keeper.faults.first(where: {
                point.fault == .kill || $0.contains("(INJECTED)")
            })
        {
            reached += 1
            let isReported = keeper.ended != 128 + SIGKILL || !keeper.complaints.isEmpty
            #expect(
                point.fault == .kill || isReported, "\(comment): nobody was told of \(fault)")
        }
        try stack.up()
        let work = FaultWork(stack: stack)
        var acknowledged = try AcknowledgedCheck(stack)
        let written = try await work.run()
        try await acknowledged.check(written, comment)
        try stack.requireVerified("\(comment)")
        return keeper.counts
    }

    /// Until it has ended or serves.
    private func waitUntilSettled(_ keeper: TracedDaemon) async throws {
        for _ in 0..<600 where keeper.ended == nil {
            let status = JSON(try stack.home.chancery("status", "--json").output.utf8)
            let keeper = status?["processes"]?.array?.first {
                $0["name"]?.string == "chancery-keeper"
            }
            if keeper?["ready"]?.bool == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
