import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

extension ContactRoutes {
    func relabel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .relabelContact, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    try Self.relabelling(request, context, body)
                }
                let outcome = try await relabelling.relabel(command)
                return Self.changed(request, outcome)
            }
        }
    }

    private static func relabelling(
        _ request: Request, _ context: GatewayContext, _ body: Data
    ) throws(ServiceError) -> RelabelCommand {
        _ = try QueryReader(request, [])
        let contact = try id(context)
        var reader = try ObjectReader(JSONReader.read(body))
        let (label, reason) = try RelabelRequest.read(&reader)
        return RelabelCommand(
            contact: contact, label: label, reason: reason,
            idempotency: try idempotency(
                request, path: "\(path)/\(contact.text)/relabel", body),
            precondition: try Conditions.ifMatch(request))
    }
}
