import AccessControl
import Foundation
import ProcessBoundary
import Synchronization

/// Holds what the keeper attests against the key that it draws at each start, and knows the one that verifies its tickets.
final class KeeperWord: Sendable {
    private struct Keys {
        /// Of ``AttestedMessage/keyBytes``.
        let word: Data
        /// Lasts as long as the keystore.
        let tickets: Data
    }

    private let keeper: KeeperPort
    private let keys = Mutex<Keys?>(nil)

    init(_ keeper: KeeperPort) { self.keeper = keeper }

    /// - Throws: `refusal` for what the keeper did not give its word for; `UNAVAILABLE` while it is away, or where another start of it
    ///   than the last may have.
    func check(
        _ attested: some KeeperAttested, by code: Data, or refusal: WireFault
    ) async throws(WireFault) {
        let known = try await currentKeys().word
        if attested.isAttested(by: code, under: known) { return }
        let fresh = try await askedKeys().word
        if fresh == known { throw refusal }
        guard attested.isAttested(by: code, under: fresh) else {
            throw WireFault(
                .unavailable, "The keeper was started anew; send it again.",
                retryAfterMilliseconds: 1_000)
        }
    }

    /// - Parameter origin: of the log that is served.
    /// - Throws: `UNAVAILABLE` where the keeper was not heard yet and is away.
    func tickets(at origin: String) async throws(WireFault) -> TicketAuthority {
        TicketAuthority(origin: origin, key: try await currentKeys().tickets)
    }

    private func currentKeys() async throws(WireFault) -> Keys {
        if let known = keys.withLock({ $0 }) { return known }
        return try await askedKeys()
    }

    private func askedKeys() async throws(WireFault) -> Keys {
        let response = try await keeper.introductionKey()
        guard response.key.count == AttestedMessage.keyBytes,
            response.ticketKey.count == TicketAuthority.keyBytes
        else {
            throw WireFault(.unavailable, "The keeper's reply cannot be read.")
        }
        let fresh = Keys(word: response.key, tickets: response.ticketKey)
        keys.withLock { $0 = fresh }
        return fresh
    }
}
