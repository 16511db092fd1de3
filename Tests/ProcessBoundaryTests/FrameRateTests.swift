import NIOPosix
import ProcessBoundary
import Testing

/// Figures, not promises: run with CHANCERY_RATES=1 and a release build to see them.
@Suite(
    .serialized,
    .enabled(
        if: HomeLayout.environmentValue("CHANCERY_RATES") != nil,
        "measures, decides nothing: set CHANCERY_RATES to run it"))
struct FrameRateTests {
    @Test(arguments: [1, 64, 512])
    func callsPerSecond(inFlight: Int) async throws {
        let directory = try TestDirectory()
        let ours = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let theirs = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await Server.start(socketPath: directory.socket, group: theirs) {
            echo($0)
        }
        let client = Client(socketPath: directory.socket, group: ours)
        let message = request([UInt8](repeating: 1, count: 100))
        _ = try await client.call(message)
        let each = (inFlight == 1 ? 20_000 : 400_000) / inFlight
        let time = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<inFlight {
                    tasks.addTask {
                        for _ in 0..<each { _ = try await client.call(message) }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        let rate = Double(each * inFlight) / (time / .seconds(1))
        print("\(inFlight) in flight: \(Int(rate)) calls/s, \(time / (each * inFlight)) each")
        await client.shutdown()
        await server.close()
        try await ours.shutdownGracefully()
        try await theirs.shutdownGracefully()
    }
}
