import PublicAPI
import Synchronization

/// How many connections each client has open, over all listeners. Holds nobody who has none.
final class ConnectionCounts: Sendable {
    private let limit: Int
    private let open = Mutex<[String: Int]>([:])

    /// - Parameter limit: of one address; of a /64 for IPv6.
    init(limit: Int) { self.limit = limit }

    /// One that was admitted, until it is given up.
    struct Place: Sendable {
        fileprivate let network: String
    }

    /// - Parameter address: numeric; nil: not known, and not counted.
    /// - Returns: nil where the client has as many as it may have.
    func admit(_ address: String?) -> Place? {
        guard let address else { return Place(network: "") }
        let network = ClientNetwork.of(address)
        return open.withLock { open in
            let count = open[network, default: 0]
            guard count < limit else { return nil }
            open[network] = count + 1
            return Place(network: network)
        }
    }

    func leave(_ place: Place) {
        open.withLock { open in
            guard let count = open[place.network] else { return }
            open[place.network] = count > 1 ? count - 1 : nil
        }
    }

    /// Clients that have any.
    var clients: Int { open.withLock { $0.count } }
}
