import Foundation
import Testing

/// A running Chancery, for the length of a suite.
struct Stack: Sendable {
    let home: TestHome
    let api: API

    @TaskLocal static var current: Stack?

    static func start() throws -> Stack {
        let home = try TestHome()
        let up = try home.chancery("up")
        guard up.status == 0 else {
            let failure = TestFailure("chancery up: \(up.said)\n\(home.logs)")
            home.remove()
            throw failure
        }
        return Stack(home: home, api: try API(home))
    }

    func up() throws {
        let result = try home.chancery("up")
        guard result.status == 0 else {
            throw TestFailure("chancery up: \(result.said)\n\(home.logs)")
        }
    }

    func stop() async {
        await api.shutdown()
        home.remove()
    }

    /// The sealed and live ledger must verify whenever somebody looks.
    func requireVerified(_ comment: Comment, location: SourceLocation = #_sourceLocation) throws {
        var result = try home.verify()
        // A running ledger stores the checkpoint of its last group within a second; until then its last entries cannot be
        // checked, and the verifier says so (3).
        for _ in 0..<100 where result.status == 3 {
            usleep(100_000)
            result = try home.verify()
        }
        try #require(result.status == 0, "\(comment): \(result.said)", sourceLocation: location)
    }
}

/// Starts a stack before a suite and takes it down after, whatever happened.
struct RunningStack: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let stack = try Stack.start()
        do {
            try await Stack.$current.withValue(stack) { try await function() }
            await stack.stop()
        } catch {
            await stack.stop()
            throw error
        }
    }
}

extension Trait where Self == RunningStack {
    static var runningStack: Self { RunningStack() }
}

/// All suites that start processes: one after the other, they share the machine.
@Suite(
    .serialized,
    .enabled(
        if: Repository.hasSoftwareTPM || Repository.isCI,
        "swtpm and swtpm-tools are not installed: run `make test`"))
enum ProcessTests {}
