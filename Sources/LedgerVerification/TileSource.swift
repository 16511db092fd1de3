/// What a log serves under its prefix (C2SP tlog-tiles): the one thing that verifying a published tree needs of
/// the network. HTTP is the executable's; tests serve from memory.
public protocol TileSource: Sendable {
    /// - Parameters:
    ///   - path: below the log's prefix, as `checkpoint` or `tile/0/000`.
    ///   - limit: bytes; more are not read.
    /// - Returns: nil when there is no such thing.
    /// - Throws: `unreadable` when the log cannot be asked, or answers with more than `limit`.
    func fetch(_ path: String, atMost limit: Int) async throws(VerificationFailure) -> [UInt8]?
}
