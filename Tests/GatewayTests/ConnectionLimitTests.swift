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
            // Which of them are too many is between the loops that take them.
            var silent: [any Channel] = []
            for _ in 0..<5 { silent.append(try await Self.connect(gateway.port)) }
            var counted: UInt32 = 0
            for _ in 0..<1_000 where counted < 2 {
                try await Task.sleep(for: .milliseconds(5))
                counted = gateway.ledger.refusals.reduce(0) { $0 + $1.count }
            }
            #expect(counted == 2)
            var closed = 0
            for _ in 0..<1_000 where closed < 2 {
                try await Task.sleep(for: .milliseconds(5))
                closed = silent.count { !$0.isActive }
            }
            #expect(closed >= 2)
            #expect(Set(gateway.ledger.refusals.map(\.reason)) == ["too-many-connections"])
            for channel in silent { try? await channel.close() }
            var isServed = false
            for _ in 0..<1_000 where !isServed {
                isServed = (try? await gateway.send(.GET, "/healthz").status) == 200
            }
            #expect(isServed)
        }
    }
}
