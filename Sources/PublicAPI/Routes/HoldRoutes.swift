import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// `/api/v1/contacts/{id}/holds`: what keeps a contact from being erased.
struct HoldRoutes: Sendable {
    let gate: Gate
    let holds: HoldService
    private let bodies = RequestBodyReader()

    init(gate: Gate, holds: HoldService) {
        self.gate = gate
        self.holds = holds
    }

    func register(on routes: Routes) {
        let path = ContactRoutes.path + "/{id}/holds"
        routes.get(path) { try await list($0, $1) }
        routes.post(path) { try await place($0, $1) }
        routes.delete(path + "/{hold}") { try await release($0, $1) }
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readHolds, purpose: .none) { authorized in
            let contact = try authorized.validated { () throws(ServiceError) in
                _ = try QueryReader(request, [])
                return try ContactRoutes.id(context)
            }
            return Reply.json(HoldResponse.json(try await holds.list(contact)))
        }
    }

    private func place(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .placeHold, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    _ = try QueryReader(request, [])
                    let contact = try ContactRoutes.id(context)
                    return HoldCommand(
                        contact: contact, hold: try HoldRequest.read(body),
                        idempotency: try ContactRoutes.idempotency(
                            request, path: Self.path(of: contact), body))
                }
                let outcome = try await holds.place(command)
                var headers = ContactRoutes.headers(of: outcome.mutation)
                headers[.location] =
                    "\(Self.path(of: outcome.mutation.contactID))/\(outcome.hold.hold.id.text)"
                return Reply.json(
                    HoldResponse.json(outcome.hold), status: .created, headers: headers)
            }
        }
    }

    private func release(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .releaseHold, purpose: .none) { authorized in
            let command = try authorized.validated { () throws(ServiceError) in
                _ = try QueryReader(request, [])
                let contact = try ContactRoutes.id(context)
                guard let id = try? EntityID(context.parameters.get("hold") ?? "") else {
                    throw ServiceError(
                        .notFound,
                        "There is no contact with this id, or no such hold that is not released.")
                }
                return HoldCommand(
                    contact: contact, hold: id,
                    idempotency: try ContactRoutes.idempotency(
                        request, path: "\(Self.path(of: contact))/\(id.text)", Data()))
            }
            let outcome = try await holds.release(command)
            return Reply.json(
                HoldResponse.json(outcome.hold),
                headers: ContactRoutes.headers(of: outcome.mutation))
        }
    }

    private static func path(of contact: EntityID) -> String {
        "\(ContactRoutes.path)/\(contact.text)/holds"
    }
}

/// `{reason, until?}`
enum HoldRequest {
    /// Under an id of its own.
    static func read(_ body: Data) throws(ServiceError) -> LegalHold {
        var reader = try ObjectReader(JSONReader.read(body))
        let raw = try reader.string("reason")
        let until = try TimeField.optional("until", in: &reader)
        try reader.finish()
        let reason = try reader.checked("reason") { () throws(ValidationError) in
            try LegalHoldReason(raw)
        }
        return try reader.checked("until") { () throws(ValidationError) in
            let hold = LegalHold(id: .random(), reason: reason, until: until)
            guard hold.isInForce(at: .now()) else {
                throw ValidationError(.invalidTimestamp, "until lies ahead.")
            }
            return hold
        }
    }
}
