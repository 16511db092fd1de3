import NIOCore

/// Before TLS, which costs: lets a connection in while its client has not too many, and counts those that it does not.
struct ConnectionGate: Sendable {
    let counts: ConnectionCounts
    /// Called for each that is refused.
    let refused: @Sendable () -> Void

    /// - Returns: false: it is to be closed, by the handler that asks, whose `close` does not wait for TLS to say goodbye.
    func admit(_ channel: any Channel, from address: String?) -> Bool {
        guard let place = counts.admit(address) else {
            refused()
            return false
        }
        channel.closeFuture.whenComplete { [counts] _ in counts.leave(place) }
        return true
    }
}
