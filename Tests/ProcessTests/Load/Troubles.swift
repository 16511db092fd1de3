import Synchronization

/// What clients were told instead of "done", and how often. Shared by the clients of one load.
final class Troubles: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ what: String) { counts.withLock { $0[what, default: 0] += 1 } }

    var total: Int { counts.withLock { $0.values.reduce(0, +) } }

    var text: String {
        let counts = counts.withLock { $0 }
        guard !counts.isEmpty else { return "none" }
        return counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            .joined(separator: ", ")
    }
}
