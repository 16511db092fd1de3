import AccessControl
import ContactModel
import Foundation
import KeyCustody
import LedgerFormat
import ProcessBoundary

/// For the steps of an enrichment, which follow from an entry and have no caller.
extension KeeperService {
    func issueTicket(
        _ request: WireTicketRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        let issuer = custodian.ticketIssuer
        let authority = try issuer.authority(
            Self.receipt(request.receipt), payload: request.payload)
        let answer =
            request.vendor.isEmpty
            ? nil
            : TicketIssuer.Answer(
                vendor: request.vendor, attempt: Int(request.attempt),
                token: request.callbackToken)
        let ticket = try await issuer.issue(on: authority, for: answer)
        var response = WireKeeperResponse()
        response.issueTicket.ticket =
            SignedTicket(ticket.grant, signature: ticket.signature).bytes
        return response
    }

    func callbackTokens(
        _ request: WireCallbackTokensRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) throws -> WireKeeperResponse {
        try checkCount(request.attempts.count)
        let issuer = custodian.ticketIssuer
        let authority = try issuer.authority(
            Self.receipt(request.receipt), payload: request.payload)
        try AccessDecision.disclosure(of: [authority.label], to: principal)
        var response = WireKeeperResponse()
        response.callbackTokens.tokens = try issuer.callbackTokens(
            on: authority, for: request.attempts.map { ($0.vendor, Int($0.attempt)) })
        return response
    }

    private static func receipt(_ bytes: Data) throws(WireFault) -> InclusionReceipt {
        do throws(InclusionReceiptError) {
            return try InclusionReceipt(parsing: bytes)
        } catch {
            throw WireFault(
                .invalid, "a request to enrich is shown by its receipt: \(error.message)")
        }
    }
}
