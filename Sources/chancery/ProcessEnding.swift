import Foundation
import ProcessBoundary

/// Asks processes to end, and waits until they have.
struct ProcessEnding {
    let home: Home
    let console: Console

    private static let patience = Duration.seconds(60)
    private static let politePatience = Duration.seconds(10)

    /// - Parameter force: kills it after 10 s.
    /// - Throws: `notStopped`; `interrupted`.
    func end(_ pid: pid_t, _ name: String, force: Bool) async throws(OperatorError) {
        guard kill(pid, SIGTERM) == 0 || errno == ESRCH else {
            throw OperatorError(
                .notStopped, "Cannot stop \(name) (pid \(pid)): \(SystemError.text(errno)).",
                next: "Run this as the user who started it.")
        }
        let begin = ContinuousClock.now
        var killed = false
        while RunningProcess.isAlive(pid) {
            _ = ChildProcess.hasEnded(pid)
            let waited = ContinuousClock.now - begin
            if force, !killed, waited > Self.politePatience {
                killed = true
                console.note("\(name) did not end in 10 s: killing it")
                kill(pid, SIGKILL)
            }
            guard waited < Self.patience else {
                throw OperatorError(
                    .notStopped, "\(name) (pid \(pid)) has not ended after 60 s.",
                    next:
                        "See its log in \(home.log). `chancery down --force` kills it; the next start recovers."
                )
            }
            console.redraw("stopping \(name), \(waited.components.seconds) s")
            do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .interrupted }
        }
        console.note("\(name) stopped")
    }
}
