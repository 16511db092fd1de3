import Foundation
import ProcessBoundary

extension KeeperPort {
    /// Plaintexts in the order of the items, of which there are `ServiceLimits.decryptItems` at most.
    ///
    /// - Throws: `unreadable`, or what else the keeper says of one of them.
    func open(
        _ items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [Data] {
        var request = WireDecryptRequest()
        request.credential = authorized.request.credential
        request.items = items
        let response = try await ask(.decrypt(request)) { result -> WireDecryptResponse? in
            if case .decrypt(let response) = result { response } else { nil }
        }
        guard response.items.count == items.count else { throw .unexpectedReply(.keeper) }
        var plaintexts: [Data] = []
        for item in response.items {
            switch item.result {
            case .plaintext(let bytes): plaintexts.append(bytes)
            case .fault(let fault): throw ServiceError(fault, from: .keeper)
            case nil: throw .unexpectedReply(.keeper)
            }
        }
        return plaintexts
    }
}
