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

    /// Every fault at every call of a run without faults, `most` of them at the most: evenly spread, beginning at a place that
    /// `random` chooses.
    static func points(
        _ counts: [String: Int], most: Int, random: inout SeededGenerator
    ) -> [Injection] {
        let all = calls.flatMap { call in
            (0..<(counts[call] ?? 0)).flatMap { number in
                Fault.allCases.map { Injection(call: call, number: number + 1, fault: $0) }
            }
        }
        guard all.count > most else { return all }
        let begin = Int.random(in: 0..<all.count, using: &random)
        return (0..<most).map { all[(begin + $0 * all.count / most) % all.count] }
    }
}
