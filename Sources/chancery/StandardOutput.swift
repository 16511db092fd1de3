import Glibc

enum StandardOutput {
    /// What programs that `body` runs say on standard output goes to standard error: ours is for one object.
    /// - Parameter isNeeded: false: they say it where they would.
    static func kept<Value>(
        _ isNeeded: Bool, during body: () async throws -> Value
    ) async rethrows -> Value {
        guard isNeeded else { return try await body() }
        let ours = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard ours >= 0 else { return try await body() }
        dup2(STDERR_FILENO, STDOUT_FILENO)
        defer {
            dup2(ours, STDOUT_FILENO)
            close(ours)
        }
        return try await body()
    }
}
