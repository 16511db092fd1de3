import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// `/api/v1/sharing`: to whom contacts' data was given. Lists are for accountability and need no purpose; giving data does.
struct SharingRoutes: Sendable {
    static let path = "/api/v1/sharing"

    let gate: Gate
    let sharing: SharingService
    private let bodies = RequestBodyReader()

    init(gate: Gate, sharing: SharingService) {
        self.gate = gate
        self.sharing = sharing
    }

    /// `{id}` is a contact's, by which policies know it.
    func register(on routes: Routes) {
        routes.post(Self.path) { try await record($0, $1) }
        routes.get(Self.path + "/{sharing}") { try await get($0, $1) }
        routes.put(Self.path + "/{sharing}/revoke") { try await revoke($0, $1) }
        routes.get(Self.path + "/contact/{id}") { try await ofContact($0, $1) }
        routes.get(Self.path + "/recipient/{recipient}") { try await withRecipient($0, $1) }
    }

    /// 201 for a replay too: it is the answer the first request got, or would have got.
    private func record(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .recordSharing, purpose: .required) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    try Self.command(request, body)
                }
                let outcome = try await sharing.record(command)
                var headers = ContactRoutes.receipts([outcome.mutation.receipt.index])
                headers[.location] = "\(Self.path)/\(outcome.id)"
                if outcome.mutation.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
                return Reply.json(
                    SharingResponse.json(outcome), status: .created, headers: headers)
            }
        }
    }

    private static func command(
        _ request: Request, _ body: Data
    ) throws(ServiceError) -> SharingCommand {
        _ = try QueryReader(request, [])
        var reader = try ObjectReader(JSONReader.read(body))
        let (contact, draft) = try SharingRequest.read(&reader)
        return SharingCommand(
            contact: contact, draft: draft,
            idempotency: try ContactRoutes.idempotency(request, path: path, body))
    }

    private func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readSharing, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Self.one(try await sharing.get(id))
        }
    }

    /// Again, or by two at once: one answer, of the first revocation.
    private func revoke(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .revokeSharing, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Self.one(try await sharing.revoke(id))
        }
    }

    private static func one(_ sharing: SharingView) -> Response {
        let links = ([sharing.recorded] + (sharing.revoked.map { [$0] } ?? [])).map { entry in
            "</api/v1/ledger/entries/\(entry.index)/receipt?generation=\(entry.generation)>; rel=\"receipt\""
        }
        return Reply.json(
            SharingResponse.json(sharing),
            headers: [HeaderNames.link: links.joined(separator: ", ")])
    }

    private static func id(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntityID {
        _ = try QueryReader(request, [])
        // What is no UUID is no sharing's id: the same answer as for any unknown one.
        guard let id = context.parameters.get("sharing").flatMap({ try? EntityID($0) }) else {
            throw ServiceError(.notFound, "There is no sharing with this id.")
        }
        return id
    }

    private func ofContact(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await list(request, context) { () throws(ServiceError) in
            guard let id = context.parameters.get("id").flatMap({ try? EntityID($0) }) else {
                throw ServiceError(.notFound, "There is no contact with this id.")
            }
            return .contact(id)
        }
    }

    private func withRecipient(
        _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        try await list(request, context) { () throws(ServiceError) in
            do throws(ValidationError) {
                return .recipient(try RecipientID(context.parameters.get("recipient") ?? ""))
            } catch {
                throw ServiceError(error)
            }
        }
    }

    private func list(
        _ request: Request, _ context: GatewayContext,
        _ key: () throws(ServiceError) -> SharingQuery.Key
    ) async throws -> Response {
        try await gate.pass(request, context, .readSharing, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(request, Cursor.names)
                return SharingQuery(
                    key: try key(), cursor: try Cursor.place(reader),
                    limit: try Cursor.limit(reader, in: SharingQuery.limits, or: 50))
            }
            return Reply.json(SharingResponse.json(try await sharing.list(query)))
        }
    }
}
