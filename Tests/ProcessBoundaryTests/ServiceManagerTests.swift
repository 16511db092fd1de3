import Glibc
import NIOPosix
import Testing

@testable import ProcessBoundary

/// What a service manager hears of a daemon and hands it: sd_notify(3), sd_listen_fds(3).
@Suite(.timeLimit(.minutes(1))) struct ServiceManagerTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// A socket that messages arrive at, as the manager has one.
    private func listener() throws -> (path: String, descriptor: CInt) {
        let path = directory.socket + ".notify"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(bindUnix(descriptor, path))
        return (path, descriptor)
    }

    private func bindUnix(_ descriptor: CInt, _ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func messages(_ descriptor: CInt) -> [String] {
        var all: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return all }
            all.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }

    @Test func theManagerHearsEachChangeOnce() throws {
        let (path, descriptor) = try listener()
        defer { close(descriptor) }
        let manager = ServiceManager(
            environment: { ["NOTIFY_SOCKET": path][$0] }, processID: getpid())
        manager.status("waiting for the TPM")
        manager.status("waiting for the TPM")
        manager.ready("serving")
        manager.stopping()
        #expect(
            messages(descriptor) == [
                "STATUS=waiting for the TPM", "READY=1\nSTATUS=serving",
                "STOPPING=1\nSTATUS=stopping",
            ])
    }

    /// What was said before it was ready is news again when it is so again.
    @Test func aStatusThatCameBackIsTold() throws {
        let (path, descriptor) = try listener()
        defer { close(descriptor) }
        let manager = ServiceManager(
            environment: { ["NOTIFY_SOCKET": path][$0] }, processID: getpid())
        manager.status("its projections are being made anew")
        manager.ready("serving")
        manager.status("its projections are being made anew")
        #expect(messages(descriptor).last == "STATUS=its projections are being made anew")
        #expect(messages(descriptor).isEmpty)
    }

    /// A newline would begin another assignment: a reason must not be able to say that all is well.
    @Test func aStatusCannotSayMoreThanAStatus() throws {
        let (path, descriptor) = try listener()
        defer { close(descriptor) }
        let manager = ServiceManager(
            environment: { ["NOTIFY_SOCKET": path][$0] }, processID: getpid())
        manager.status("bad\nREADY=1\n" + String(repeating: "x", count: 10_000))
        let heard = try #require(messages(descriptor).first)
        #expect(heard.hasPrefix("STATUS=bad READY=1 xxx"))
        #expect(!heard.contains("\n"))
        #expect(heard.utf8.count <= ServiceManager.maxStatusBytes + 7)
    }

    @Test(arguments: [
        nil, "", "relative", "/nobody/listens/here", "/" + String(repeating: "a", count: 300),
    ])
    func whereNobodyListensNothingIsSent(path: String?) {
        let manager = ServiceManager(
            environment: { $0 == "NOTIFY_SOCKET" ? path : nil }, processID: getpid())
        manager.ready("serving")
        manager.status("still")
    }

    @Test func aSignOfLifeFollowsEachAnswerAndNoneComesWithoutOne() async throws {
        let (path, descriptor) = try listener()
        defer { close(descriptor) }
        let manager = ServiceManager(
            environment: { ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000"][$0] },
            processID: getpid())
        let (answers, hanging) = (Counter(), Gate())
        let living = Task {
            await manager.keepAlive {
                answers.add()
                guard answers.value == 3 else { return }
                await hanging.open()
                try? await Task.sleep(for: .seconds(600))
            }
        }
        await hanging.wait()
        #expect(messages(descriptor) == ["WATCHDOG=1", "WATCHDOG=1"])
        living.cancel()
        await living.value
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "60000000"], Duration.seconds(60) as Duration?),
        (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "\(getpid())"], .seconds(60)),
        (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"], nil),
        (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
    ])
    func theWatchdogIsThisProcessesOwn(environment: [String: String], interval: Duration?) {
        let manager = ServiceManager(environment: { environment[$0] }, processID: getpid())
        #expect(manager.watchdogInterval == interval)
    }

    @Test(arguments: [
        ["LISTEN_FDS": "1", "LISTEN_FDNAMES": "gateway"],
        ["LISTEN_FDS": "1", "LISTEN_FDNAMES": "gateway", "LISTEN_PID": "1"],
        ["LISTEN_FDS": "-1", "LISTEN_FDNAMES": "gateway", "LISTEN_PID": "\(getpid())"],
        ["LISTEN_FDS": "99999", "LISTEN_FDNAMES": "gateway", "LISTEN_PID": "\(getpid())"],
        ["LISTEN_FDS": "x", "LISTEN_FDNAMES": "gateway", "LISTEN_PID": "\(getpid())"],
    ])
    func socketsOfAnotherProcessAreNotOurs(environment: [String: String]) {
        let sockets = InheritedSockets(environment: { environment[$0] }, processID: getpid())
        #expect(sockets.descriptor(at: "/run/gateway") == nil)
    }

    /// Callers that came before the server are answered, and its file outlives it: it is the manager's.
    @Test func anInheritedSocketIsServedAndLeftAlone() async throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(bindUnix(descriptor, directory.socket))
        try #require(listen(descriptor, 16) == 0)
        let client = Client(socketPath: directory.socket, group: group)
        async let early = client.call(request("early"))
        let server = try await Server.start(
            socketPath: directory.socket, inherited: descriptor, group: group
        ) { echo($0) }
        let answer = try await early
        #expect(answer.text == "early")
        await client.shutdown()
        await server.close()
        #expect(access(directory.socket, F_OK) == 0)
    }

    /// The kernel's word on who connects is held against whom the file belongs to.
    @Test func theCallerOfAnInheritedSocketIsItsOwner() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try #require(bindUnix(descriptor, directory.socket))
        let callers = try SocketFile.callers(at: directory.socket, inherited: descriptor)
        #expect(callers == [getuid(), 0])
        if getuid() == 0 {
            try #require(chown(directory.socket, 4_711, 4_711) == 0)
            let others = try SocketFile.callers(at: directory.socket, inherited: descriptor)
            #expect(others == [4_711, 0])
        }
        unlink(directory.socket)
        #expect(throws: FrameServerError.self) {
            try SocketFile.callers(at: directory.socket, inherited: descriptor)
        }
    }
}
