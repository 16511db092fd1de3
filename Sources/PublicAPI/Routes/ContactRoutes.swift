import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// `/api/v1/contacts`.
struct ContactRoutes: Sendable {
    static let path = "/api/v1/contacts"

    let gate: Gate
    let contacts: ContactService
    let relabelling: RelabelService
    let bodies = RequestBodyReader()

    init(gate: Gate, contacts: ContactService, relabelling: RelabelService) {
        self.gate = gate
        self.contacts = contacts
        self.relabelling = relabelling
    }

    func register(on routes: Routes) {
        routes.post(Self.path) { try await create($0, $1) }
        routes.get(Self.path) { try await find($0, $1) }
        routes.get(Self.path + "/{id}") { try await get($0, $1) }
        routes.delete(Self.path + "/{id}") { try await erase($0, $1) }
        routes.post(Self.path + "/{id}/relabel") { try await relabel($0, $1) }
    }

    private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .createContact, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    try Self.command(request, body, authorized.purposes)
                }
                return Self.created(try await contacts.apply(command))
            }
        }
    }

    private static func command(
        _ request: Request, _ body: Data, _ purposes: [PurposeCode]
    ) throws(ServiceError) -> MutationCommand {
        var reader = try ObjectReader(JSONReader.read(body))
        let draft = try ContactRequest.draft(&reader)
        try PurposeGuard.check(purposes, of: draft)
        return MutationCommand(
            operation: .createContact(draft),
            idempotency: try idempotency(request, path: path, body))
    }

    /// 201 for a replay too: it is the answer the first request got, or would have got.
    private static func created(_ outcome: MutationOutcome) -> Response {
        var headers = receipts([outcome.receipt.index])
        headers[.location] = "\(path)/\(outcome.contactID.text)"
        if outcome.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
        return Reply.json(MutationResponse.json(outcome), status: .created, headers: headers)
    }

    /// Nil: the request has no key.
    static func idempotency(
        _ request: Request, path: String, _ body: Data
    ) throws(ServiceError) -> MutationCommand.Idempotency? {
        guard let raw = request.headers[HeaderNames.idempotencyKey] else { return nil }
        do throws(ValidationError) {
            return MutationCommand.Idempotency(
                key: try IdempotencyKey(raw),
                digest: RequestDigest.of(method: "POST", path: path, bytes: body))
        } catch {
            throw ServiceError(error)
        }
    }

    private func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readContact, purpose: .required) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            let contact = try await contacts.get(id)
            return Reply.json(
                ContactResponse.json(contact), headers: [.eTag: "\"\(contact.version)\""])
        }
    }

    /// 200 when the keeper has done it, 202 when it is only ordered yet.
    private func erase(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .eraseContact, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            let erasure = try await contacts.erase(id)
            return Reply.json(
                ErasureResponse.json(erasure),
                status: erasure.completion == nil ? .accepted : .ok,
                headers: Self.receipts(
                    [erasure.ordered] + (erasure.completion.map { [$0.index] } ?? [])))
        }
    }

    static func id(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntityID {
        _ = try QueryReader(request, [])
        // What is no UUID is no contact's id: the same answer as for any unknown one.
        guard let raw = context.parameters.get("id"), let id = try? EntityID(raw) else {
            throw ServiceError(.notFound, "There is no contact with this id.")
        }
        return id
    }

    static func receipts(_ indices: [UInt64]) -> HTTPFields {
        let links = indices.map { "</api/v1/ledger/entries/\($0)/receipt>; rel=\"receipt\"" }
        return [HeaderNames.link: links.joined(separator: ", ")]
    }

    private func find(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .findContact, purpose: .required) { authorized in
            let email = try authorized.validated { () throws(ServiceError) in
                let text = try QueryReader(request, ["q"]).text("q")
                do throws(ValidationError) {
                    return try EmailAddress(text)
                } catch {
                    throw ServiceError(error)
                }
            }
            let found = try await contacts.find(email)
            return Reply.json(.fields(["contacts": .array(found.map(ContactResponse.json))]))
        }
    }
}
