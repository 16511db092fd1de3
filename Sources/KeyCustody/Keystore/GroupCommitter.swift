import Dispatch
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
///
/// Commits run on a thread of their own: an fsync blocks, and each hop between threads would cost a signature as
/// much as the rest of its commit.
final class GroupCommitter: Sendable {
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

    private struct State {
        var signing: [Work] = []
        var keys: [Work] = []
        var signedLast = false
        var isDraining = false

        /// Signing first, unless it was its turn just now and keys are waiting. Empty: nothing waits.
        mutating func nextGroup() -> [Work] {
            signedLast = !signing.isEmpty && !(signedLast && !keys.isEmpty)
            let group = signedLast ? Self.take(&signing) : Self.take(&keys)
            isDraining = !group.isEmpty
            return group
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
    }

    private let pool: DatabasePool
    private let checkpointer: WALCheckpointer
    private let thread = DispatchQueue(label: "chancery.keystore.commits")
    private let state = Mutex(State())

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
            let begin = state.withLock { state in
                switch queue {
                case .signing: state.signing.append(work)
                case .keys: state.keys.append(work)
                }
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if begin { thread.async { self.drain() } }
        }
    }

    /// Works not begun. For tests.
    var waiting: Int { state.withLock { $0.signing.count + $0.keys.count } }

    private func drain() {
        while true {
            let group = state.withLock { $0.nextGroup() }
            if group.isEmpty { return }
            run(group)
            checkpointer.wrote(group.reduce(0) { $0 + $1.weight })
        }
    }

    private func run(_ works: [Work]) {
        var group = works
        while !group.isEmpty {
            do {
                try pool.write { db in
                    for (index, work) in group.enumerated() {
                        do {
                            try work.run(db)
                        } catch let dirty as Dirty {
                            throw Retry(index: index, refusal: dirty.refusal)
                        }
                    }
                }
                for work in group { work.finish(nil) }
                return
            } catch let retry as Retry {
                group.remove(at: retry.index).finish(retry.refusal)
            } catch {
                for work in group { work.finish(error) }
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
