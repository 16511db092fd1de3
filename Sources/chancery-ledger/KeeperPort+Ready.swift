import NIOPosix
import ProcessBoundary

extension KeeperPort {
    /// The keeper may still be starting.
    private static let patience = Duration.seconds(60)

    /// For a run of its own, beside no other.
    static func ready(_ layout: HomeLayout) async throws -> KeeperPort {
        let keeper = KeeperPort(
            KeeperClient(
                socketPath: layout.keeperLedgerSocket, group: MultiThreadedEventLoopGroup.singleton)
        )
        let start = ContinuousClock.now
        while true {
            do {
                _ = try await keeper.identity()
                return keeper
            } catch {
                guard start.duration(to: .now) < patience else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
