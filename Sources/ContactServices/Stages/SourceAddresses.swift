import ContactModel
import Foundation
import ProcessBoundary
import Synchronization

/// Where requests come from, as audit entries tell it: sealed by the keeper for the caller, so that no ledger shows it. The keeper
/// is asked once in a while for each caller and address, since most send many.
public final class SourceAddresses: Sendable {
    private struct Key: Hashable {
        let principal: String
        let label: String
        let address: String
    }

    /// What the keeper said last.
    private struct Answer {
        /// Nil: it did not.
        let value: WireSealedValue?
        let until: ContinuousClock.Instant
    }

    private let keeper: any KeeperPort
    private let known = Mutex<[Key: Answer]>([:])

    public init(keeper: any KeeperPort) { self.keeper = keeper }

    /// Nil where the address is not known, or the keeper does not seal it at once: an operator must be able to act on a full disk, where no
    /// key of a new day can be drawn, and nobody waits for a keeper that they do not need.
    func sealed(
        _ address: String?, of principal: SecurityPrincipal, credential: Data
    ) async -> WireSealedValue? {
        guard let address else { return nil }
        let key = Key(
            principal: principal.subject, label: principal.clearance.auditLabelText,
            address: address)
        let now = ContinuousClock.now
        if let answer = known.withLock({ $0[key] }), now < answer.until { return answer.value }
        var request = WireSealAddressRequest()
        request.credential = credential
        request.address = address
        let response = try? await keeper.ask(
            timeout: ServiceLimits.sealAddressTimeout, .sealAddress(request)
        ) { result -> WireSealAddressResponse? in
            if case .sealAddress(let response) = result { response } else { nil }
        }
        keep(
            Answer(
                value: response?.value,
                until: now
                    + (response == nil
                        ? ServiceLimits.unsealedAddressLife : ServiceLimits.sealedAddressLife)),
            for: key, at: now)
        return response?.value
    }

    private func keep(_ answer: Answer, for key: Key, at now: ContinuousClock.Instant) {
        known.withLock { known in
            if known.count >= ServiceLimits.sealedAddresses {
                known = known.filter { now < $0.value.until }
                if known.count >= ServiceLimits.sealedAddresses { known = [:] }
            }
            known[key] = answer
        }
    }
}
