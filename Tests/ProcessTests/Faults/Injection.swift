import TestSupport

/// One fault at one place: what strace does to the n-th call of a kind that any thread makes on the watched files. (strace
/// counts for each thread; so a fault may hit several threads once each.)
struct Injection: Sendable, CustomStringConvertible {
    enum Fault: String, CaseIterable, Sendable {
        case inputOutputError = "error=EIO"
        case noSpace = "error=ENOSPC"
        /// Ends the process before the call: together with the next one, before and after each.
        case kill = "signal=SIGKILL"
    }

    /// All system calls by which a byte or a name gets onto the disk here.
    static let calls = ["write", "pwrite64", "fsync", "fdatasync", "rename", "unlink"]

    let call: String
    let number: Int
    let fault: Fault

    /// The argument of `strace -e inject=`.
    var expression: String { "\(call):\(fault.rawValue):when=\(number)" }
    var description: String { "\(fault.rawValue) at \(call) \(number)" }

    /// Each of `faults` at every call of a run without them, `most` of them at the most: as many at each kind of call, evenly
    /// spread, beginning at a place that `random` chooses.
    static func points(
        _ counts: [String: Int], _ faults: [Fault], most: Int, random: inout SeededGenerator
    ) -> [Injection] {
        let kinds = calls.shuffled(using: &random).compactMap { call -> [Injection]? in
            guard let count = counts[call], count > 0 else { return nil }
            return (1...count).flatMap { number in
                faults.map { Injection(call: call, number: number, fault: $0) }
            }
        }
        guard kinds.map(\.count).reduce(0, +) > most else { return kinds.flatMap(\.self) }
        return kinds.enumerated().flatMap { place, all in
            let share = min((most + place) / kinds.count, all.count)
            let begin = Int.random(in: 0..<all.count, using: &random)
            return (0..<share).map { all[(begin + $0 * all.count / share) % all.count] }
        }
    }
}
