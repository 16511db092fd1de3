import AccessControl
import Foundation
import ProcessBoundary
import Synchronization

/// Holds what the keeper attests against the key that it draws at each start.
final class KeeperWord: Sendable {
    private let keeper: KeeperPort
    private let key = Mutex<Data?>(nil)

    init(_ keeper: KeeperPort) { self.keeper = keeper }

    /// - Throws: `refusal` for what the keeper did not give its word for; `UNAVAILABLE` while it is away, or where another start of it
    ///   than the last may have.
    func check(
        _ attested: some KeeperAttested, by code: Data, or refusal: WireFault
    ) async throws(WireFault) {
        let known = try await currentKey()
        if attested.isAttested(by: code, under: known) { return }
        let fresh = try await askedKey()
        if fresh == known { throw refusal }
        guard attested.isAttested(by: code, under: fresh) else {
            throw WireFault(
                .unavailable, "The keeper was started anew; send it again.",
                retryAfterMilliseconds: 1_000)
        }
    }

    private func currentKey() async throws(WireFault) -> Data {
        if let known = key.withLock({ $0 }) { return known }
        return try await askedKey()
    }

    private func askedKey() async throws(WireFault) -> Data {
        let fresh = try await keeper.introductionKey()
        guard fresh.count == AttestedMessage.keyBytes else {
            throw WireFault(.unavailable, "The keeper's reply cannot be read.")
        }
        key.withLock { $0 = fresh }
        return fresh
    }
}
