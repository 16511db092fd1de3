import NIOCore

/// Before TLS, which costs: lets a connection in while its client has not too many, and counts those that it ends.
struct ConnectionGate: Sendable {
    let counts: ConnectionCounts
    /// Called for each that is refused.
    let refused: @Sendable () -> Void

    /// - Returns: false when the connection is being closed.
    func admit(_ channel: any Channel, from address: String?) -> Bool {
        guard let place = counts.admit(address) else {
            refused()
            channel.close(promise: nil)
            return false
        }
        channel.closeFuture.whenComplete { [counts] _ in counts.leave(place) }
        return true
    }
}
