import NIOCore
import NIOPosix
import Testing

@testable import chancery_gateway

@Suite struct ConnectionLimitTests {
    private static func connect(_ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port).get()
    }

    /// Ended before TLS costs anything, counted in the audit trail, and taken again once others have gone.
    @Test func connectionsBeyondThoseOfOneAddressAreEndedAndCounted() async throws {
        try await RunningGateway.run(connectionsPerAddress: 3) { gateway in
            var idle: [any Channel] = []
            for _ in 0..<3 { idle.append(try await Self.connect(gateway.port)) }
            for _ in 0..<2 {
                let excess = try await Self.connect(gateway.port)
                // It says nothing: only the gateway ends it, in less than the ten seconds of a handshake or not at all.
                try await excess.closeFuture.get()
            }
            let open = idle.count { $0.isActive }
            #expect(open == 3)
            var counted: UInt32 = 0
            for _ in 0..<1_000 where counted < 2 {
                try await Task.sleep(for: .milliseconds(5))
                counted = gateway.ledger.refusals.reduce(0) { $0 + $1.count }
            }
            #expect(counted == 2)
            #expect(Set(gateway.ledger.refusals.map(\.reason)) == ["too-many-connections"])
            for channel in idle { try? await channel.close() }
            var isServed = false
            for _ in 0..<1_000 where !isServed {
                isServed = (try? await gateway.send(.GET, "/healthz").status) == 200
            }
            #expect(isServed)
        }
    }
}
