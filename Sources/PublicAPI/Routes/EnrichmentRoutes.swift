import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// Enrichments: asked for under a contact, and under `/api/v1/enrichments` looked at, found by whom they wait for, and answered by vendors.
struct EnrichmentRoutes: Sendable {
    static let path = "/api/v1/enrichments"

    let gate: Gate
    let enrichments: EnrichmentService
    let answers: VendorAnswerService
    let refusals: RefusalLog
    let bodies = RequestBodyReader()

    init(
        gate: Gate, enrichments: EnrichmentService, answers: VendorAnswerService,
        refusals: RefusalLog
    ) {
        self.gate = gate
        self.enrichments = enrichments
        self.answers = answers
        self.refusals = refusals
    }

    /// `{id}` is a contact's, by which policies know it.
    func register(on routes: Routes) {
        routes.post("/api/v1/contacts/{id}/enrich") { try await request($0, $1) }
        routes.get(Self.path) { try await list($0, $1) }
        routes.get(Self.path + "/{enrichment}") { try await get($0, $1) }
        routes.post(Self.path + "/{enrichment}/callbacks") { try await callbacks($0, $1) }
        routes.post(Self.path + "/{enrichment}/results") { try await receive($0, $1) }
    }

    /// 202: what follows is done behind it, once vendors have answered.
    private func request(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .requestEnrichment, purpose: .required) {
            authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    _ = try QueryReader(request, [])
                    let contact = try ContactRoutes.id(context)
                    var reader = try ObjectReader(JSONReader.read(body))
                    return EnrichmentCommand(
                        contact: contact, draft: try EnrichmentRequest.draft(&reader),
                        idempotency: try ContactRoutes.idempotency(
                            request, path: "/api/v1/contacts/\(contact.text)/enrich", body))
                }
                let outcome = try await enrichments.request(command)
                var headers = ContactRoutes.headers(of: outcome.mutation)
                headers[.location] = "\(Self.path)/\(outcome.enrichment.id.text)"
                return Reply.json(
                    EnrichmentResponse.json(outcome), status: .accepted, headers: headers)
            }
        }
    }

    private func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readEnrichment, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Reply.json(EnrichmentResponse.json(try await enrichments.get(id)))
        }
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .listEnrichments, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(request, Cursor.names.union(["vendor"]))
                let vendor = try reader.text("vendor")
                do throws(ValidationError) {
                    _ = try ProvenanceSource(
                        type: SourceType.vendor.rawValue, identity: vendor)
                } catch {
                    throw ServiceError(.invalidParameter, "vendor is a system's name.")
                }
                return EnrichmentQuery(
                    vendor: vendor, cursor: try Cursor.place(reader),
                    limit: try Cursor.limit(reader, in: EnrichmentQuery.limits, or: 50))
            }
            return Reply.json(EnrichmentResponse.json(try await enrichments.list(query)))
        }
    }

    private func callbacks(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .issueCallbacks, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            let tokens = try await enrichments.callbacks(id)
            return Reply.json(
                EnrichmentResponse.callbacks(tokens, of: id.command))
        }
    }

    /// What a vendor answers: its token is all that it has.
    private func receive(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try gate.passPublic(context)
        let vendor = try await gate.counting(context, refusals) { () throws(ServiceError) in
            let token = try Self.callbackToken(request)
            return try await answers.admit(try Self.id(request, context), token)
        }
        return try await bodies.json(request) { body in
            var reader = try ObjectReader(JSONReader.read(body))
            let answer = VendorAnswer(
                vendor: vendor, content: try VendorAnswerRequest.read(&reader),
                digest: RequestDigest.of(
                    method: request.method.rawValue,
                    path: "\(Self.path)/\(vendor.enrichment.text)/results", bytes: body),
                requestID: context.requestID, address: context.peer.address)
            let outcome = try await gate.counting(context, refusals) { () throws(ServiceError) in
                try await answers.receive(answer)
            }
            var headers = ContactRoutes.receipts([outcome.receipt.index])
            if outcome.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
            return Reply.json(
                EnrichmentResponse.json(outcome), status: .accepted, headers: headers)
        }
    }

    private static func callbackToken(
        _ request: Request
    ) throws(ServiceError) -> CallbackToken {
        guard let text = request.headers[HeaderNames.callbackToken],
            text.utf8.count <= APILimits.callbackTokenBytes, let token = CallbackToken(text)
        else {
            throw ServiceError(
                .unauthenticated,
                "Send the token that this answer was asked for with in Callback-Token.")
        }
        return token
    }

    private static func id(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntityID {
        _ = try QueryReader(request, [])
        // What is no UUID is no enrichment's id: the same answer as for any unknown one.
        guard let id = context.parameters.get("enrichment").flatMap({ try? EntityID($0) }) else {
            throw ServiceError(.notFound, "There is no enrichment with this id.")
        }
        return id
    }
}
