import Foundation

/// How hard the fault tests try: little in CI, much in `make soak`; the code is the same. CONTRIBUTING lists the variables.
enum FaultSettings {
    /// Every random choice of the fault tests follows from it; printed by each, so that a failure can be repeated.
    /// The same sample each time unless told otherwise, so that a change answers for what it changed; `make soak` draws another.
    static let seed = number("CHANCERY_SEED") ?? 497_264_919

    /// kill -9 under load. A round takes about 5 s in debug.
    static let killRounds = number("CHANCERY_KILL_ROUNDS").map { Int($0) } ?? 20

    /// Points of each sweep through the system calls, at the most. A point takes about 3 s.
    static let faultPoints = number("CHANCERY_FAULT_POINTS").map { Int($0) }

    /// Clients at once; more than the gateway works on.
    static let overloadClients = number("CHANCERY_OVERLOAD_CLIENTS").map { Int($0) } ?? 1_300

    /// Steady load; none in CI.
    static let steadyMinutes = number("CHANCERY_STEADY_MINUTES").map { Int($0) } ?? 0

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }
}
