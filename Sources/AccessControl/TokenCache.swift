import ContactModel
import Crypto
import Synchronization

/// Principals of tokens verified before, by SHA-256 of the token.
///
/// Two halves: what is used moves into the young one, and when that is full the old one goes. So the cache is bounded, and
/// what is in use stays. Refusals are not cached: they would let garbage push out what is in use.
final class TokenCache: Sendable {
    typealias Key = SHA256.Digest

    private struct Halves {
        var young: [Key: SecurityPrincipal] = [:]
        var old: [Key: SecurityPrincipal] = [:]
        /// Raised by `removeAll`: what was verified under the keys of an earlier epoch is not stored any more.
        var epoch = 0

        mutating func insert(_ principal: SecurityPrincipal, _ key: Key, capacity: Int) {
            if young.count >= capacity {
                old = young
                young = [:]
            }
            young[key] = principal
        }
    }

    private let halves = Mutex(Halves())
    private let capacity: Int

    init(capacityPerHalf: Int) { capacity = capacityPerHalf }

    var epoch: Int { halves.withLock { $0.epoch } }

    func find(_ key: Key) -> SecurityPrincipal? {
        halves.withLock { halves in
            if let principal = halves.young[key] { return principal }
            guard let principal = halves.old.removeValue(forKey: key) else { return nil }
            halves.insert(principal, key, capacity: capacity)
            return principal
        }
    }

    func insert(_ principal: SecurityPrincipal, for key: Key, epoch: Int) {
        halves.withLock { halves in
            guard halves.epoch == epoch else { return }
            halves.insert(principal, key, capacity: capacity)
        }
    }

    func remove(_ key: Key) {
        halves.withLock { halves in
            halves.young[key] = nil
            halves.old[key] = nil
        }
    }

    func removeAll() {
        halves.withLock { halves in
            halves = Halves(epoch: halves.epoch + 1)
        }
    }

    var count: Int { halves.withLock { $0.young.count + $0.old.count } }
}
