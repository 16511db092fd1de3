import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// Changes of a contact that is there. Whoever repeats one with its idempotency key gets the first answer again.
extension ContactRoutes {
    /// The whole of address and name is replaced, so that the client has to say which version it has seen.
    func update(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .updateContact, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    let precondition = try Conditions.ifMatch(request, isRequired: true)
                    let change = try ContactChangeRequest.change(body)
                    var command = try Self.command(request, context, "", body) { id in
                        .updateContact(.contact(id), change)
                    }
                    command.precondition = precondition
                    return command
                }
                return Self.changed(request, try await contacts.apply(command))
            }
        }
    }

    func addAttributes(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .addAttributes, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    let drafts = try AttributeRequest.list(in: body)
                    var command = try Self.command(request, context, "/attributes", body) { id in
                        .addAttributes(.contact(id), drafts)
                    }
                    command.needsCover = true
                    return command
                }
                return Self.changed(
                    request, try await contacts.apply(command), status: .created)
            }
        }
    }

    func grantConsent(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .grantConsent, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    let draft = try ConsentRequest.draft(body)
                    return try Self.command(request, context, "/consent", body) { id in
                        .grantConsent(.contact(id), draft)
                    }
                }
                let outcome = try await contacts.apply(command)
                var headers = Self.headers(of: outcome)
                // It is recorded; where its record cannot be read again now, the answer is without it.
                guard let receipt = try? await contacts.consent(outcome, authorized) else {
                    return Preference.reply(
                        to: request, MutationResponse.json(outcome), status: .created,
                        headers: headers)
                }
                headers[.location] =
                    "\(Self.path)/\(outcome.contactID.text)/consent/\(receipt.event.consentId)"
                return Preference.reply(
                    to: request, ConsentResponse.json(receipt), status: .created, headers: headers)
            }
        }
    }

    /// As easy as giving it: no purpose, no version.
    func revokeConsent(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .revokeConsent, purpose: .none) { authorized in
            let command = try authorized.validated { () throws(ServiceError) in
                _ = try QueryReader(request, [])
                guard let consent = try? EntityID(context.parameters.get("cid") ?? "") else {
                    throw ServiceError(
                        .notFound,
                        "There is no contact with this id, or no such consent in force.")
                }
                return try Self.command(
                    request, context, "/consent/\(consent.text)", Data()
                ) { id in
                    .revokeConsent(.contact(id), consent)
                }
            }
            return Self.changed(request, try await contacts.apply(command))
        }
    }

    /// - Parameter suffix: of the path, behind the contact's id.
    private static func command(
        _ request: Request, _ context: GatewayContext, _ suffix: String, _ body: Data,
        _ operation: (EntityID) -> MutationCommand.Operation
    ) throws(ServiceError) -> MutationCommand {
        let id = try id(context)
        return MutationCommand(
            operation: operation(id),
            idempotency: try idempotency(request, path: "\(path)/\(id.text)\(suffix)", body),
            precondition: try Conditions.ifMatch(request))
    }

    static func changed(
        _ request: Request, _ outcome: MutationOutcome, status: HTTPResponse.Status = .ok
    ) -> Response {
        Preference.reply(
            to: request, MutationResponse.json(outcome), status: status,
            headers: headers(of: outcome))
    }
}
