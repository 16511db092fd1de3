/// One line of the file of denied tokens: when it was denied (Unix seconds), a space, the `jti`.
public struct DeniedToken: Sendable, Equatable {
    /// Of the whole file: some 20,000 tokens; each leaves it a day later.
    public static let maxFileBytes = 1_024 * 1_024

    public let tokenID: String
    /// Unix seconds.
    public let time: UInt64

    /// - Returns: nil for a `jti` that no token has here: 1 to 256 printable ASCII characters, the first no space.
    public init?(tokenID: String, time: UInt64) {
        guard (1...TokenLimits.tokenIDBytes).contains(tokenID.utf8.count),
            tokenID.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), tokenID.first != " "
        else { return nil }
        self.tokenID = tokenID
        self.time = time
    }

    /// - Returns: nil for a line that is none.
    public init?(line: some StringProtocol) {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let time = UInt64(parts[0]) else { return nil }
        tokenID = String(parts[1])
        self.time = time
    }

    public var line: String { "\(time) \(tokenID)" }

    /// Whether every token that was alive when this one was denied has ended at `now`: a day later, and the most that clocks may differ.
    public func hasEnded(at now: UInt64) -> Bool {
        let life = UInt64(TokenLimits.maxLifetimeSeconds + TokenLimits.maxLeewaySeconds)
        return now > time && now - time >= life
    }
}
