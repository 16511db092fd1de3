import Foundation

/// The wall clock that names days; tests set their own.
public struct KeeperClock: Sendable {
    /// Seconds since 1970, UTC.
    let now: @Sendable () -> Int64

    public init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    public static let system = KeeperClock { Int64(Date().timeIntervalSince1970) }
}
