import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

extension ContactRoutes {
    /// 200 for a replay too: it is the answer the first request got, or would have got.
    func relabel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .relabelContact, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    try Self.relabelling(request, context, body)
                }
                let outcome = try await relabelling.relabel(command)
                var headers = Self.receipts([outcome.receipt.index])
                if outcome.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
                return Reply.json(MutationResponse.json(outcome), headers: headers)
            }
        }
    }

    private static func relabelling(
        _ request: Request, _ context: GatewayContext, _ body: Data
    ) throws(ServiceError) -> RelabelCommand {
        let contact = try id(request, context)
        var reader = try ObjectReader(JSONReader.read(body))
        let (label, reason) = try RelabelRequest.read(&reader)
        return RelabelCommand(
            contact: contact, label: label, reason: reason,
            idempotency: try idempotency(
                request, path: "\(path)/\(contact.text)/relabel", body))
    }
}
