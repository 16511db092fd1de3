import GRDB
import Synchronization

/// Runs the works that are waiting in one transaction, hence one fsync, and answers each after the commit.
///
/// ```
/// callers   A ──┐        B, C, D arrive meanwhile ──┐
/// writer        └─ BEGIN A COMMIT(fsync) ───────────┴─ BEGIN B C D COMMIT(fsync) ─▶ …
/// ```
/// A work that refuses (a `KeyCustodyError`) is rolled back to its savepoint and disturbs no other. Any
/// other error fails the whole group: what SQLite left of the transaction then is not relied upon.
actor GroupCommitter {
    private struct Work: Sendable {
        /// Runs the body and keeps its result; throws only what must fail the group.
        let run: @Sendable (Database) throws -> Void
        /// Called after the commit (nil) or instead of it.
        let finish: @Sendable ((any Error)?) -> Void
    }

    private let pool: DatabasePool
    private var waiting: [Work] = []
    private var isDraining = false

    init(pool: DatabasePool) {
        self.pool = pool
    }

    /// - Returns: what `body` returned, once it is durable.
    func commit<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Outcome<Value>()
            waiting.append(
                Work(
                    run: { db in try outcome.run(body, db) },
                    finish: { error in
                        if let error {
                            continuation.resume(throwing: error)
                        } else {
                            continuation.resume(with: outcome.result())
                        }
                    }))
            guard !isDraining else { return }
            isDraining = true
            Task { await drain() }
        }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let group = Array(waiting.prefix(CustodyLimits.maxWorksPerCommit))
            waiting.removeFirst(group.count)
            do {
                try await pool.write { db in
                    for work in group { try work.run(db) }
                }
                for work in group { work.finish(nil) }
            } catch {
                for work in group { work.finish(error) }
            }
        }
        isDraining = false
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let slot = Mutex<Result<Value, any Error>?>(nil)

        func run(_ body: (Database) throws -> Value, _ db: Database) throws {
            do {
                var value: Value?
                try db.inSavepoint {
                    value = try body(db)
                    return .commit
                }
                if let value { slot.withLock { $0 = .success(value) } }
            } catch let refusal as KeyCustodyError {
                slot.withLock { $0 = .failure(refusal) }
            }
        }

        func result() -> Result<Value, any Error> {
            slot.withLock { $0 } ?? .failure(CancellationError())
        }
    }
}
