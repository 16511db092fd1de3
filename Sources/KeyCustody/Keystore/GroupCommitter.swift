import GRDB
import Synchronization

/// Runs the works that are waiting in one transaction, hence one fsync, and answers each after the commit.
///
/// ```
/// keys      A ──┐        B, C arrive meanwhile, D (signing) too
/// writer        └─ BEGIN A COMMIT(fsync) ─ BEGIN D COMMIT(fsync) ─ BEGIN B C COMMIT(fsync) ─▶ …
/// ```
/// Signing goes first: every append of the ledger waits for it, and it waits for one group of keys at most,
/// which is bounded by weight. So that keys get their turn too, the two alternate.
///
/// A work that refuses (a `KeyCustodyError`) disturbs no other: if it had written already, the group is rolled
/// back and runs again without it. Any other error fails the whole group: what SQLite left of the transaction
/// then is not relied upon.
actor GroupCommitter {
    enum Queue {
        case signing, keys
    }

    private struct Work: Sendable {
        let weight: Int
        /// Runs the body and keeps its result; throws only what must fail the group, or `Dirty`.
        let run: @Sendable (Database) throws -> Void
        /// Called after the commit (nil) or instead of it.
        let finish: @Sendable ((any Error)?) -> Void
    }

    /// A work refused after it had written.
    private struct Dirty: Error {
        let refusal: KeyCustodyError
    }

    /// The work at `index` is to be left out.
    private struct Retry: Error {
        let index: Int
        let refusal: KeyCustodyError
    }

    private let pool: DatabasePool
    private let checkpointer: WALCheckpointer
    private var signing: [Work] = []
    private var keys: [Work] = []
    private var signedLast = false
    private var isDraining = false

    init(pool: DatabasePool, checkpointer: WALCheckpointer) {
        self.pool = pool
        self.checkpointer = checkpointer
    }

    /// - Parameter weight: rows that `body` writes, about.
    /// - Returns: what `body` returned, once it is durable.
    func commit<Value: Sendable>(
        _ queue: Queue, weight: Int, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Outcome<Value>()
            let work = Work(
                weight: weight,
                run: { db in try outcome.run(body, db) },
                finish: { error in
                    if let error {
                        continuation.resume(throwing: error)
                    } else {
                        continuation.resume(with: outcome.result())
                    }
                })
            switch queue {
            case .signing: signing.append(work)
            case .keys: keys.append(work)
            }
            guard !isDraining else { return }
            isDraining = true
            Task { await drain() }
        }
    }

    /// Works not begun. For tests.
    var waiting: Int { signing.count + keys.count }

    private func drain() async {
        while true {
            let group = nextGroup()
            if group.isEmpty { break }
            await run(group)
            await checkpointer.wrote(group.reduce(0) { $0 + $1.weight })
        }
        isDraining = false
    }

    private func nextGroup() -> [Work] {
        signedLast = !signing.isEmpty && !(signedLast && !keys.isEmpty)
        return signedLast ? Self.take(&signing) : Self.take(&keys)
    }

    /// The oldest works, up to the weight of a commit; one at least.
    private static func take(_ queue: inout [Work]) -> [Work] {
        var weight = 0
        let count = queue.prefix { work in
            defer { weight += work.weight }
            return weight == 0 || weight + work.weight <= CustodyLimits.maxWeightPerCommit
        }.count
        let group = Array(queue.prefix(count))
        queue.removeFirst(count)
        return group
    }

    private func run(_ works: [Work]) async {
        var group = works
        while !group.isEmpty {
            let attempt = group
            do {
                try await pool.write { db in
                    for (index, work) in attempt.enumerated() {
                        do {
                            try work.run(db)
                        } catch let dirty as Dirty {
                            throw Retry(index: index, refusal: dirty.refusal)
                        }
                    }
                }
                for work in attempt { work.finish(nil) }
                return
            } catch let retry as Retry {
                group.remove(at: retry.index).finish(retry.refusal)
            } catch {
                for work in attempt { work.finish(error) }
                return
            }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let slot = Mutex<Result<Value, any Error>?>(nil)

        func run(_ body: (Database) throws -> Value, _ db: Database) throws {
            let before = db.totalChangesCount
            do {
                let value = try body(db)
                slot.withLock { $0 = .success(value) }
            } catch let refusal as KeyCustodyError {
                guard db.totalChangesCount == before else { throw Dirty(refusal: refusal) }
                slot.withLock { $0 = .failure(refusal) }
            }
        }

        func result() -> Result<Value, any Error> {
            slot.withLock { $0 } ?? .failure(CancellationError())
        }
    }
}
