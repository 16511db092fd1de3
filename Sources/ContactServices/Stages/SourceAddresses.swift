import ContactModel
import Foundation
import ProcessBoundary
import Synchronization

/// Where requests come from, as audit entries tell it: sealed by the keeper for the caller, so that no ledger shows it. The keeper
/// is asked once in a while for each caller and address, since most send many.
public final class SourceAddresses: Sendable {
    private struct Key: Hashable {
        let principal: String
        let address: String
    }

    private struct Sealed {
        let value: WireSealedValue
        let until: ContinuousClock.Instant
    }

    private let keeper: any KeeperPort
    private let known = Mutex<[Key: Sealed]>([:])

    public init(keeper: any KeeperPort) { self.keeper = keeper }

    /// Nil where the address is not known, or the keeper cannot seal now: an operator must be able to act on a full disk, where no
    /// key of a new day can be drawn.
    func sealed(
        _ address: String?, of principal: SecurityPrincipal, credential: Data
    ) async -> WireSealedValue? {
        guard let address else { return nil }
        let key = Key(principal: principal.subject, address: address)
        let now = ContinuousClock.now
        if let sealed = known.withLock({ $0[key] }), now < sealed.until { return sealed.value }
        var request = WireSealAddressRequest()
        request.credential = credential
        request.address = address
        let response = try? await keeper.ask(.sealAddress(request)) {
            result -> WireSealAddressResponse? in
            if case .sealAddress(let response) = result { response } else { nil }
        }
        guard let value = response?.value else { return nil }
        known.withLock { known in
            if known.count >= ServiceLimits.sealedAddresses { known = [:] }
            known[key] = Sealed(value: value, until: now + ServiceLimits.sealedAddressLife)
        }
        return value
    }
}
