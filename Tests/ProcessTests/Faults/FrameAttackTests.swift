import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// Whoever gets at the sockets between the processes can break their own connection, and nothing else.
    @Suite(.serialized, .runningStack)
    struct FrameAttacks {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        /// A socket, the daemon behind it, and a health request: field 22 of `LedgerRequest`, 20 of `KeeperRequest`.
        private static let sockets: [(name: String, daemon: String, health: [UInt8])] = [
            ("ledger.gateway.sock", "chancery-ledger", [0xB2, 0x01, 0x00]),
            ("keeper.gateway.sock", "chancery-keeper", [0xA2, 0x01, 0x00]),
            ("keeper.ledger.sock", "chancery-keeper", [0xA2, 0x01, 0x00]),
        ]

        private func path(_ socket: String) -> String { stack.home.root + "/run/" + socket }

        /// On a connection of its own, as a well-behaved peer; tries again while others fill the socket's backlog.
        private func expectHealthy(_ comment: String) async throws {
            for socket in Self.sockets {
                var answer: [UInt8] = []
                for _ in 0..<50 where answer.isEmpty {
                    let peer = try UnixPeer(path(socket.name))
                    peer.send(HostileFrames.frame(HostileFrames.call(id: 9, body: socket.health)))
                    answer = peer.receive()
                    if answer.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
                }
                #expect(answer.count > 14, "\(comment): \(socket.name) does not answer")
            }
        }

        private func expectServing(_ pids: [String: pid_t], _ comment: String) async throws {
            let email = "frames-\(UUID().uuidString.lowercased())@example.com"
            let created = try await stack.api.create(email: email)
            #expect(created.status == 201, "\(comment): \(created.text)")
            #expect(try await stack.api.find(email: email).found.count == 1, "\(comment)")
            #expect(try stack.home.pids() == pids, "\(comment): a daemon ended\n\(stack.home.logs)")
        }

        @Test func hostileBytesEndTheirConnectionAlone() async throws {
            let pids = try stack.home.pids()
            var random = SeededGenerator(seed: FaultSettings.seed)
            print("frames: CHANCERY_SEED=\(FaultSettings.seed)")
            for socket in Self.sockets {
                let before = try ProcessFigures(try #require(pids[socket.daemon]))
                for hostile in HostileFrames.all {
                    let peer = try UnixPeer(path(socket.name))
                    peer.send(hostile.bytes)
                    _ = peer.receive(patience: .milliseconds(50))
                }
                for _ in 0..<200 {
                    let peer = try UnixPeer(path(socket.name))
                    peer.send(HostileFrames.random(&random))
                }
                let after = try ProcessFigures(try #require(pids[socket.daemon]))
                let grown = after.resident - before.resident
                #expect(
                    grown < 192 << 20,
                    "\(socket.name): \(ProcessFigures.mebibytes(grown)) more in memory")
            }
            try await expectHealthy("after hostile bytes")
            try await expectServing(pids, "after hostile bytes, seed \(FaultSettings.seed)")
        }

        @Test func thousandsOfConnectionsLeaveTheGatewayServed() async throws {
            let pids = try stack.home.pids()
            let each = 1_000
            var peers: [[UnixPeer]] = []
            for socket in Self.sockets {
                peers.append(try (0..<each).map { _ in try UnixPeer(path(socket.name)) })
            }
            // The gateway's and the ledger's own connections are open already.
            try await expectServing(pids, "with \(peers.count * each) connections made")
            for (socket, peers) in zip(Self.sockets, peers) {
                // The last one is refused when all before it were looked at.
                #expect(peers.last?.isClosed(patience: .seconds(30)) == true, "\(socket.name)")
                let open = peers.count { !$0.isClosed(patience: .zero) }
                #expect(open <= 32, "\(socket.name) serves \(open) of \(each)")
                let figures = try ProcessFigures(try #require(pids[socket.daemon]))
                #expect(figures.descriptors < 200, "\(socket.name)")
            }
            peers.removeAll()
            try await expectHealthy("after thousands of connections")
        }

        @Test func slowPeersHoldUpNobody() async throws {
            let pids = try stack.home.pids()
            // Half a frame each, and in every socket room for the daemons' own connections.
            var peers: [UnixPeer] = []
            for socket in Self.sockets {
                for _ in 0..<16 {
                    let peer = try UnixPeer(path(socket.name))
                    peer.send([0, 0, 1, 0, 0x0A])
                    peers.append(peer)
                }
            }
            try await expectServing(pids, "with half frames open")
            // Asks without end and never reads: the daemon stops reading, too.
            for socket in Self.sockets {
                let before = try ProcessFigures(try #require(pids[socket.daemon]))
                let peer = try UnixPeer(path(socket.name))
                var taken = 0
                let offered = 64 << 20
                var id: UInt8 = 0
                let burst = (0..<255).flatMap { _ in
                    id &+= 1
                    return HostileFrames.frame(HostileFrames.call(id: id, body: socket.health))
                }
                while taken < offered {
                    let count = peer.send(burst, patience: .milliseconds(500))
                    taken += count
                    if count < burst.count { break }
                }
                #expect(taken < offered, "\(socket.name) takes without end")
                let grown =
                    try ProcessFigures(try #require(pids[socket.daemon])).resident
                    - before.resident
                #expect(
                    grown < 192 << 20,
                    "\(socket.name): \(ProcessFigures.mebibytes(grown)) more in memory")
                try await expectServing(pids, "with a peer that does not read")
            }
            withExtendedLifetime(peers) {}
        }

        @Test(.enabled(if: getuid() == 0, "needs root, to be somebody else"))
        func anotherUserIsRefused() throws {
            // As if the directory's mode did not keep them out: the credentials of the peer must.
            var directories = [stack.home.root + "/run"]
            while let parent = directories.last.map({ ($0 as NSString).deletingLastPathComponent }),
                parent != "/tmp", parent != "/"
            { directories.append(parent) }
            var modes: [String: mode_t] = [:]
            for directory in directories {
                var status = stat()
                try #require(stat(directory, &status) == 0)
                modes[directory] = status.st_mode & 0o7777
                chmod(directory, 0o755)
            }
            defer { for (directory, mode) in modes { chmod(directory, mode) } }
            let script = """
                import socket, sys
                peer = socket.socket(socket.AF_UNIX)
                peer.settimeout(20)
                peer.connect(sys.argv[1])
                try:
                    peer.sendall(bytes.fromhex(sys.argv[2]))
                    print(len(peer.recv(4096)))
                except (BrokenPipeError, ConnectionResetError):
                    print(0)
                """
            for socket in Self.sockets {
                chmod(path(socket.name), 0o777)
                defer { chmod(path(socket.name), 0o600) }
                let frame = HostileFrames.frame(HostileFrames.call(id: 1, body: socket.health))
                let hex = frame.map { String(format: "%02x", $0) }.joined()
                let python = [Repository.python, "-c", script, path(socket.name), hex]
                let ours = try Program.run(python[0], Array(python.dropFirst()))
                #expect(Int(ours.output.dropLast()) ?? 0 > 0, "\(socket.name): \(ours.said)")
                let theirs = try Program.run(
                    "/usr/bin/setpriv",
                    ["--reuid=65534", "--regid=65534", "--clear-groups"] + python)
                #expect(
                    theirs.status == 0 && theirs.output == "0\n", "\(socket.name): \(theirs.said)")
            }
        }
    }
}
