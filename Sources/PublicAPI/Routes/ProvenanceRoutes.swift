import ContactModel
import ContactServices
import HTTPTypes
import Hummingbird

/// `/api/v1/provenance`: where attributes came from. What could be guessed by a salt is shown for a stated purpose alone; all else is for
/// accountability and needs none.
struct ProvenanceRoutes: Sendable {
    static let path = "/api/v1/provenance"
    private static let chainTypes = ["application/json", ProvDocument.mediaType]

    let gate: Gate
    let provenance: ProvenanceService
    let prover: SubjectProver

    func register(on routes: Routes) {
        routes.get(Self.path + "/{id}", as: Self.chainTypes) { try await chain($0, $1) }
        routes.get(Self.path + "/verify/{id}") { try await verify($0, $1) }
        routes.get(Self.path + "/source/{source}") { try await source($0, $1) }
    }

    private func chain(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readProvenance, purpose: .optional) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let page = try Self.page(request)
                return ProvenanceQuery(
                    contact: try Self.contact(context), cursor: page.cursor, limit: page.limit)
            }
            let view = try await provenance.chain(query)
            var headers: HTTPFields = [HeaderNames.vary: "Accept"]
            if let next = view.next {
                let cursor = "cursor=\(Cursor.text(next))&limit=\(query.command.limit)"
                headers[HeaderNames.link] =
                    "<\(Self.path)/\(view.contact.text)?\(cursor)>; rel=\"next\""
            }
            let type = Accept(request.headers).best(of: Self.chainTypes)
            return type == ProvDocument.mediaType
                ? Reply.bytes(
                    ProvDocument.json(view).bytes, type: ProvDocument.mediaType, headers: headers)
                : Reply.json(ProvenanceResponse.json(view), headers: headers)
        }
    }

    /// The document that `chancery-verify --subject` takes.
    private func verify(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .verifyProvenance, purpose: .optional) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                _ = try QueryReader(request, [])
                return try Self.contact(context)
            }
            return Reply.bytes(try await prover.document(id), type: "application/json")
        }
    }

    private static func contact(_ context: GatewayContext) throws(ServiceError) -> EntityID {
        // What is no UUID is no contact's id: the same answer as for any unknown one.
        guard let id = context.parameters.get("id").flatMap({ try? EntityID($0) }) else {
            throw ServiceError(.notFound, "There is no contact with this id.")
        }
        return id
    }

    private func source(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readProvenance, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let page = try Self.page(request)
                do throws(ValidationError) {
                    let name = context.parameters.get("source") ?? ""
                    // Of any kind: the grammar of the name is one.
                    let source = try ProvenanceSource(type: "VENDOR", identity: name)
                    return SourceQuery(
                        source: source.identity ?? "", cursor: page.cursor, limit: page.limit)
                } catch {
                    throw ServiceError(error)
                }
            }
            return Reply.json(ProvenanceResponse.json(try await provenance.records(query)))
        }
    }

    private static func page(
        _ request: Request
    ) throws(ServiceError) -> (cursor: UInt64?, limit: Int) {
        let reader = try QueryReader(request, Cursor.names)
        return (
            try Cursor.place(reader),
            try Cursor.limit(reader, in: ProvenanceQuery.limits, or: 50)
        )
    }
}
