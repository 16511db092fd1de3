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
    let search: SearchService
    let relabelling: RelabelService
    let bodies = RequestBodyReader()

    init(
        gate: Gate, contacts: ContactService, search: SearchService, relabelling: RelabelService
    ) {
        self.gate = gate
        self.contacts = contacts
        self.search = search
        self.relabelling = relabelling
    }

    func register(on routes: Routes) {
        routes.post(Self.path) { try await create($0, $1) }
        routes.get(Self.path) { try await find($0, $1) }
        routes.get(Self.path + "/{id}") { try await get($0, $1) }
        routes.put(Self.path + "/{id}") { try await update($0, $1) }
        routes.delete(Self.path + "/{id}") { try await erase($0, $1) }
        routes.post(Self.path + "/{id}/relabel") { try await relabel($0, $1) }
        routes.get(Self.path + "/{id}/attributes") { try await attributes($0, $1) }
        routes.post(Self.path + "/{id}/attributes") { try await addAttributes($0, $1) }
        routes.get(Self.path + "/{id}/history") { try await history($0, $1) }
        routes.post(Self.path + "/{id}/consent") { try await grantConsent($0, $1) }
        routes.delete(Self.path + "/{id}/consent/{cid}") { try await revokeConsent($0, $1) }
    }

    private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .createContact, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    try Self.command(request, body, authorized.purposes)
                }
                let outcome = try await contacts.apply(command)
                var headers = Self.headers(of: outcome)
                headers[.location] = "\(Self.path)/\(outcome.contactID.text)"
                return Preference.reply(
                    to: request, MutationResponse.json(outcome), status: .created,
                    headers: headers)
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

    /// Of an answer to a replay too: it is the answer the first request got, or would have got.
    static func headers(of outcome: MutationOutcome) -> HTTPFields {
        var headers = receipts([outcome.receipt.index])
        if outcome.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
        return headers
    }

    /// Nil: the request has no key.
    static func idempotency(
        _ request: Request, path: String, _ body: Data
    ) throws(ServiceError) -> MutationCommand.Idempotency? {
        guard let raw = request.headers[HeaderNames.idempotencyKey] else { return nil }
        do throws(ValidationError) {
            return MutationCommand.Idempotency(
                key: try IdempotencyKey(raw),
                digest: RequestDigest.of(
                    method: request.method.rawValue, path: path, bytes: body))
        } catch {
            throw ServiceError(error)
        }
    }

    /// 200 when the keeper has done it, 202 when it is only ordered yet.
    private func erase(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .eraseContact, purpose: .none) { authorized in
            let command = try authorized.validated { () throws(ServiceError) in
                _ = try QueryReader(request, [])
                return ErasureCommand(
                    contact: try Self.id(context), version: try Conditions.oneIfMatch(request))
            }
            let erasure = try await contacts.erase(command)
            return Reply.json(
                ErasureResponse.json(erasure),
                status: erasure.completion == nil ? .accepted : .ok,
                headers: Self.receipts(
                    [erasure.ordered] + (erasure.completion.map { [$0.index] } ?? [])))
        }
    }

    static func id(_ context: GatewayContext) throws(ServiceError) -> EntityID {
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
}
