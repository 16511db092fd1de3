import ContactModel
import Foundation
import ProcessBoundary

/// What the keeper gives for an enrichment: tickets that its steps are done on, and the tokens that vendors answer with.
struct EnrichmentTickets: Sendable {
    let keeper: any KeeperPort

    /// - Parameter token: that a vendor's answer came with; nil: the enrichment is taken further.
    /// - Throws: `unauthenticated` for a token that is not the keeper's; `not-found` where the person was erased.
    func ticket(
        for order: WireEnrichmentOrder, _ token: CallbackToken? = nil
    ) async throws(ServiceError) -> Data {
        var request = WireTicketRequest()
        request.receipt = order.receipt
        request.payload = order.payload
        if let token {
            request.vendor = token.vendor
            request.attempt = UInt32(clamping: token.attempt)
            request.callbackToken = token.code
        }
        do throws(ServiceError) {
            return try await keeper.ask(.issueTicket(request)) { result -> Data? in
                if case .issueTicket(let response) = result { response.ticket } else { nil }
            }
        } catch {
            guard error.code == .forbidden else { throw error }
            throw ServiceError(
                .unauthenticated,
                "The callback token does not count: it is another enrichment's, vendor's or attempt's."
            )
        }
    }

    /// One for each vendor that is waited for.
    func tokens(
        for order: WireEnrichmentOrder, _ standing: EnrichmentCase, _ authorized: Authorized
    ) async throws(ServiceError) -> [CallbackToken] {
        let waiting =
            standing.state == .collecting
            ? standing.vendors.filter { $0.outcome == nil } : []
        guard !waiting.isEmpty else { return [] }
        var request = WireCallbackTokensRequest()
        request.credential = authorized.request.credential
        request.receipt = order.receipt
        request.payload = order.payload
        request.attempts = waiting.map { vendor in
            .with {
                $0.vendor = vendor.id
                $0.attempt = UInt32(clamping: vendor.attempt)
            }
        }
        let codes = try await keeper.ask(.callbackTokens(request)) { result -> [Data]? in
            if case .callbackTokens(let response) = result { response.tokens } else { nil }
        }
        guard codes.count == waiting.count else { throw .unexpectedReply(.keeper) }
        return zip(waiting, codes).map { vendor, code in
            CallbackToken(vendor: vendor.id, attempt: vendor.attempt, code: code)
        }
    }
}
