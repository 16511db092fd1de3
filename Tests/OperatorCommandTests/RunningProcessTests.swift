import Foundation
import Testing

@testable import chancery

@Suite struct RunningProcessTests {
    /// A process has no command line for the moment in which it becomes its program, and `chancery rebuild` took a keeper
    /// that had just begun for one that had ended.
    @Test func aProcessIsAliveFromItsFirstMomentUntilItEnds() throws {
        for _ in 0..<50 {
            let pid = try ChildProcess.spawn("/bin/sleep", ["60"], output: nil, detached: true)
            #expect(RunningProcess.isAlive(pid))
            kill(pid, SIGKILL)
            #expect(ChildProcess.wait(for: pid) == 128 + SIGKILL)
            #expect(!RunningProcess.isAlive(pid))
        }
    }

    @Test func aZombieIsNotAlive() throws {
        let pid = try ChildProcess.spawn("/bin/true", [], output: nil, detached: true)
        while RunningProcess.isAlive(pid) { usleep(1_000) }
        // It was there all the time, for its parent to ask how it ended.
        #expect(ChildProcess.wait(for: pid) == 0)
    }
}
