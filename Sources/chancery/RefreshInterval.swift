/// When to look for an issuer's keys again: about as often as told, and sooner after a failure, but less and less often. Never
/// exactly, so that many appliances do not ask one issuer at one moment.
struct RefreshInterval {
    let regular: Duration
    private var failures = 0

    private static let firstRetry = Duration.seconds(5)

    init(_ regular: Duration) { self.regular = regular }

    mutating func succeeded() { failures = 0 }

    mutating func failed() { failures = min(failures + 1, 16) }

    /// - Parameter chance: 0 to 1.
    /// - Returns: 80 to 100 % of the time that is due.
    func next(_ chance: Double = .random(in: 0...1)) -> Duration {
        let due =
            failures == 0 ? regular : min(regular, Self.firstRetry * (1 << (failures - 1)))
        return due * (0.8 + 0.2 * chance)
    }
}
