public import NIOCore

/// Bounds on what comes in over HTTP, with their reasons.
public enum APILimits {
    /// Requests being worked on. Twice the 512 callers at which group commit stops gaining; at the 2,000 a second that two
    /// cores reach, nobody who is let in waits for longer than half a second.
    public static let requests = 1_024
    /// A contact with 64 attributes of 4,096 bytes, JSON-escaped, fits.
    public static let bodyBytes = 1_024 * 1_024
    /// Bodies being read or worked on, all together: 64 of the largest, some ten thousand ordinary ones.
    public static let bodiesBytes = 64 * bodyBytes
    /// Until a body is there. A megabyte takes this long at 140 kbit/s.
    public static let bodyDeadline: Duration = .seconds(60)
    /// Bulk streams at one time. Each holds groups in flight (`ServiceLimits.bulkGroupsInFlight`, together no larger than
    /// four of the largest), a megabyte read ahead and its refs: some 30 MB at worst.
    public static let bulkStreams = 16
    /// Of a body that is refused, so much is still read, for the client to find the answer; then the connection ends.
    public static let unreadBodyBytes = 16 * bodyBytes
    /// A client that takes nothing of its answer for so long loses the connection.
    public static let stallTimeout: TimeAmount = .seconds(60)
    /// The largest contact that the model allows has some 1,100 values; a tree of values is much larger than its text.
    public static let jsonValues = 4_096
    /// Objects in arrays in an object are 4 deep; the rest is room.
    public static let jsonDepth = 16
    /// A JWT with a certificate thumbprint and ten roles fits several times.
    public static let tokenBytes = 8_192
    /// A vendor's name of 64 bytes, an attempt, and a code of 43.
    public static let callbackTokenBytes = 128
    /// Clocks of clients run ahead a little.
    public static let clockSkewMicroseconds: Int64 = 300_000_000
}
