import CLinux
import Foundation
import Glibc
import Logging
import ProcessBoundary
import Testing

/// Serialized: they change the process they run in.
@Suite(.serialized) struct DaemonTests {
    @Test func secondCopyIsRefusedAndToldWhoRuns() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/x.pid"
        var first: PidFile? = try PidFile.acquire(path)
        let owner = try #require(PidFile.owner(of: path))
        #expect(owner.pid == getpid())
        #expect(owner.program == ProgramVersion(ofFile: "/proc/self/exe"))
        let error = #expect(throws: PidFileError.self) { try PidFile.acquire(path) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.message.contains("\(getpid())") == true)
        // Dropped without release, as by a kill: the file stays behind and is taken over.
        _ = first
        first = nil
        #expect(access(path, F_OK) == 0)
        let next = try PidFile.acquire(path)
        next.release()
        #expect(access(path, F_OK) != 0)
    }

    @Test func replacedProgramIsAnotherVersion() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/program"
        #expect(ProgramVersion(ofFile: path) == nil)
        try SystemFile.write([1, 2, 3], to: path)
        let first = try #require(ProgramVersion(ofFile: path))
        #expect(ProgramVersion(ofFile: path) == first)
        try SystemFile.replace([1, 2, 3], at: path)
        #expect(ProgramVersion(ofFile: path) != first)
    }

    /// ```
    /// A  holds the lock ── unlinks ── exits
    /// B      opens A's file ............ locks it: nobody else will find that file
    /// C                          opens a new one, locks it: two are running
    /// ```
    /// Many race for one file, each letting go as a daemon does that ends; never do two hold it.
    @Test func noTwoProcessesHoldOnePidFile() async throws {
        let directory = try TestDirectory()
        let path = directory.path + "/x.pid"
        let holders = Occupancy()
        let acquired = Counter()
        let racers = (0..<4).map { _ in
            Thread {
                for _ in 0..<10_000 {
                    guard let file = try? PidFile.acquire(path) else { continue }
                    #expect(holders.enter() == 1)
                    acquired.add()
                    holders.leave()
                    file.release()
                }
                holders.end()
            }
        }
        for racer in racers { racer.start() }
        try await eventually { holders.ended == 4 }
        #expect(acquired.value > 0)
    }

    @Test func pidFileNeedsItsDirectory() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/missing/x.pid"
        let error = #expect(throws: PidFileError.self) { try PidFile.acquire(path) }
        #expect(error?.code == .cannotWrite)
    }

    @Test func hardenedProcessLeavesNoCoreAndCannotBeRead() throws {
        let mask = umask(0o022)
        defer {
            umask(mask)
            _ = chancery_set_dumpable(1)
        }
        try Sandbox.harden(dumpable: true)
        #expect(chancery_get_dumpable() == 1)
        try Sandbox.harden()
        #expect(chancery_get_dumpable() == 0)
        #expect(chancery_get_no_new_privs() == 1)
        var limit = rlimit(rlim_cur: 1, rlim_max: 1)
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
        #expect(umask(0o077) == 0o077)
    }

    @Test(.timeLimit(.minutes(1))) func terminationIsWaitedForNotSuffered() async {
        let signals = Daemon.catchSignals()
        kill(getpid(), SIGTERM)
        #expect(await signals.wait() == SIGTERM)
    }

    /// Whatever level it is asked for: there is nothing behind it.
    @Test func silentLoggerStaysSilent() {
        var logger = Daemon.silentLogger
        logger.logLevel = .trace
        #expect(logger.handler is SwiftLogNoOpLogHandler)
    }
}
