import CLinux
import Foundation

/// A thread that gives way: what a seal does takes both cores for seconds, and whoever waits for an append must not
/// notice. Niceness is a thread's own on Linux, and cannot be taken back without privileges, so the thread ends with
/// its work. What the work had in memory is given back to the system: a seal is rare, and needs much.
enum BackgroundThread {
    private static let niceness: Int32 = 10

    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread {
                _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, niceness)
                let result = Result { try work() }
                chancery_give_back_memory()
                done.resume(with: result)
            }
        }
    }
}
