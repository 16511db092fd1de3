import Foundation

/// A thread that gives way: what a seal does takes both cores for seconds, and whoever waits for an append must not
/// notice. Niceness is a thread's own on Linux, and cannot be taken back without privileges, so the thread ends with
/// its work.
enum BackgroundThread {
    private static let niceness: Int32 = 10

    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread {
                _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, niceness)
                done.resume(with: Result { try work() })
            }
        }
    }
}
