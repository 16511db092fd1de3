import Foundation
import Testing

/// Runs one daemon again and again, each time with one fault at another place; after each the plain daemon must recover what is
/// there, without a human, and everything must hold.
struct FaultSweep {
    let target: FaultTarget
    private let kind: FaultWork.Kind
    private var stack: Stack
    private var acknowledged: AcknowledgedCheck
    /// Each point adds two segments, and every start opens all of them: a home of its own for so many points.
    private static let pointsPerHome = 40
    private var pointsHere = 0

    private(set) var reached = 0
    /// Went on without a new start.
    private var survived = 0
    private var unreached: [String] = []

    init(_ target: FaultTarget, _ kind: FaultWork.Kind = .everyday) throws {
        self.target = target
        self.kind = kind
        stack = try Stack.start()
        acknowledged = try AcknowledgedCheck(stack)
    }

    func stop() async { await stack.stop() }

    /// A run without a fault.
    /// - Returns: how often a single thread made each call, at most.
    mutating func count() async throws -> [String: Int] {
        // The first start finds what provisioning left in the logs, which no other start does.
        try await run(nil)
        return try await run(nil)
    }

    mutating func run(_ points: [Injection]) async throws {
        for point in points {
            if pointsHere == Self.pointsPerHome {
                pointsHere = 0
                await stack.stop()
                stack = try Stack.start()
                acknowledged = try AcknowledgedCheck(stack)
            }
            _ = try await run(point)
            pointsHere += 1
        }
        print(
            "\(target.rawValue): \(points.count) points, \(reached) reached, \(survived) went on by themselves"
        )
        if !unreached.isEmpty { print("  not reached: \(unreached.joined(separator: "; "))") }
    }

    @discardableResult
    private mutating func run(_ point: Injection?) async throws -> [String: Int] {
        let comment = "\(target.rawValue), \(point?.description ?? "no fault")"
        try stack.home.killNine(try stack.home.pids()[target.rawValue])
        let daemon = try TracedDaemon(target, home: stack.home, injection: point)
        let work = FaultWork(stack: stack, kind: kind)
        // Without a fault it takes as long as it takes: under the tracer that is a matter of the machine.
        let looks = point == nil ? Int.max : Self.looks
        let (written, wasRestarted) = try await supervise(daemon, work, comment, looks: looks)
        #expect(try await daemon.stop(), "\(comment): did not stop when asked")
        if !wasRestarted { try stack.up() }

        try judge(daemon, work, point, wasRestarted: wasRestarted, comment)
        try await acknowledged.check(written, comment)
        try await waitUntilSealed(comment)
        if kind == .rotations { try await waitUntilRotated(comment) }
        try stack.requireVerified("\(comment)")
        return daemon.counts
    }

    /// Lets the work be done to its end: when the daemon ends, or does not get on after a fault, by the plain one.
    private func supervise(
        _ daemon: TracedDaemon, _ work: FaultWork, _ comment: String, looks: Int
    ) async throws -> (written: [Acknowledged], wasRestarted: Bool) {
        let stack = self.stack
        let watch = Task {
            var looked = 0
            while looked < looks, daemon.ended == nil {
                looked += 1
                do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
            }
            await daemon.kill()
            // The first may still find the one that is just ending, and tells of its end.
            do { try stack.up() } catch { try stack.up() }
            return true
        }
        do {
            let written = try await work.run()
            watch.cancel()
            return (written, try await watch.value)
        } catch {
            watch.cancel()
            _ = try? await watch.value
            throw TestFailure("\(comment): \(error)\n\(stack.home.logs)")
        }
    }

    /// Twenty seconds: ten times what everyday's work takes, and what the store waits before it tries again. Work that is
    /// slower has a new start in its middle, which it gets over.
    private static let looks = 1_000

    /// An error that was injected must have been told to somebody: to a client, in the log, or by the exit.
    private mutating func judge(
        _ daemon: TracedDaemon, _ work: FaultWork, _ point: Injection?, wasRestarted: Bool,
        _ comment: String
    ) throws {
        let faults = daemon.faults
        guard let point else {
            #expect(work.troubles.total == 0 || !wasRestarted, "\(comment): \(work.troubles.text)")
            return
        }
        guard let first = faults.first else {
            unreached.append("\(point)")
            return
        }
        reached += 1
        if !wasRestarted { survived += 1 }
        guard point.fault != .kill else {
            #expect(daemon.ended == 128 + SIGKILL, "\(comment)")
            return
        }
        let isReported =
            work.troubles.total > 0 || !daemon.complaints.isEmpty || daemon.ended != 0
        #expect(isReported, "\(comment): nobody was told of \(first)")
        if wasRestarted {
            print(
                "  \(comment): needed a new start; \(first); \(daemon.complaints.last ?? "no log")")
        }
    }

    /// Rotations complete by themselves: of each use one key is left to sign, and the others' private halves are destroyed.
    private func waitUntilRotated(_ comment: String) async throws {
        var open = ["not asked yet"]
        for _ in 0..<600 where !open.isEmpty {
            try await Task.sleep(for: .milliseconds(50))
            let reply = try await stack.api.get("/api/v1/keys", token: stack.api.auditor)
            // While the keeper does not answer.
            guard reply.status != 503 else { continue }
            let keys = try #require(reply.json?["keys"]?.array, "\(comment): \(reply.text)")
            open = keys.filter { key in
                let isSaid =
                    key["activatedAt"] != nil
                    && (key["untilSize"] == nil) == (key["retiredAt"] == nil)
                return !isSaid || (key["untilSize"] != nil) != (key["destroyed"] == .bool(true))
            }.map { "\($0)" }
            for use in ["checkpoint", "segment-manifest"] {
                let signing = keys.filter {
                    $0["use"]?.string == use && $0["algorithm"]?.string != "ECDSA-P256-SHA256"
                        && $0["untilSize"] == nil
                }
                if signing.count != 1 { open.append("\(signing.count) keys sign as \(use)") }
            }
        }
        #expect(open.isEmpty, "\(comment): \(open)\n\(stack.home.logs)")
    }

    /// What was rotated gets sealed, at the latest after the next start: all but the active segment.
    private func waitUntilSealed(_ comment: String) async throws {
        for _ in 0..<1_500 {
            if try stack.home.manifests() >= stack.home.segments() - 1 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("\(comment): a rotated segment stays unsealed\n\(stack.home.logs)")
    }
}
