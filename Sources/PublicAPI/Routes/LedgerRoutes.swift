import ContactServices
import HTTPTypes
import Hummingbird

/// `/api/v1/ledger`: what auditors fetch, and what the operator does.
struct LedgerRoutes: Sendable {
    static let path = "/api/v1/ledger"

    let gate: Gate
    let ledger: LedgerQueryService

    func register(on routes: Routes) {
        routes.get(Self.path + "/entries/{index}") { try await entry($0, $1) }
        routes.get(Self.path + "/entries/{index}/receipt", as: ["text/plain"]) {
            try await receipt($0, $1)
        }
        routes.get(Self.path + "/proofs/inclusion") { try await inclusion($0, $1) }
        routes.get(Self.path + "/proofs/consistency") { try await consistency($0, $1) }
        routes.post(Self.path + "/seal") { try await seal($0, $1) }
        routes.post(Self.path + "/clock-correction") { try await correctClock($0, $1) }
    }

    private func entry(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readEntry, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try Self.entryQuery(request, context)
            }
            return Reply.json(LedgerResponses.json(try await ledger.entry(query)))
        }
    }

    private func receipt(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readReceipt, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try Self.receiptQuery(request, context)
            }
            let receipt = try await ledger.receipt(query)
            var headers: HTTPFields = [
                .contentDisposition:
                    "attachment; filename=\"entry-\(query.command.index).tlog-proof\""
            ]
            headers[HeaderNames.jwsSignature] = receipt.signature
            return Reply.bytes(
                receipt.proof, type: "text/plain; charset=utf-8", headers: headers)
        }
    }

    private func inclusion(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .proveInclusion, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(request, ["index", "size", "generation"])
                let index = try reader.integer("index")
                let size = try reader.optionalInteger("size")
                if let size, index >= size {
                    throw ServiceError(.invalidParameter, "index must be less than size.")
                }
                return InclusionQuery(
                    index: index, size: size, generation: try Self.generation(reader))
            }
            return Reply.json(LedgerResponses.json(try await ledger.inclusion(query)))
        }
    }

    private func consistency(
        _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        try await gate.pass(request, context, .proveConsistency, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                let reader = try QueryReader(request, ["from", "to", "generation"])
                let query = ConsistencyQuery(
                    from: try reader.integer("from"), to: try reader.integer("to"),
                    generation: try Self.generation(reader))
                guard query.from <= query.to else {
                    throw ServiceError(.invalidParameter, "from must not be greater than to.")
                }
                return query
            }
            return Reply.json(LedgerResponses.json(try await ledger.consistency(query)))
        }
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .sealSegment, purpose: .none) { authorized in
            Reply.json(LedgerResponses.json(try await ledger.seal(authorized)))
        }
    }

    private func correctClock(
        _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        try await gate.pass(request, context, .correctClock, purpose: .none) { authorized in
            Reply.json(LedgerResponses.json(try await ledger.correctClock(authorized)))
        }
    }

    private static func entryQuery(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntryQuery {
        let reader = try QueryReader(request, ["generation"])
        return EntryQuery(
            index: try QueryReader.integer(context.parameters.get("index") ?? "", "The index"),
            generation: try generation(reader))
    }

    /// The signature is over bytes that differ from answer to answer, so it comes with them, in a header.
    private static func receiptQuery(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntryQuery {
        let reader = try QueryReader(request, ["generation", "signature"])
        let signature = reader.optionalText("signature")
        guard signature == nil || signature == "jws" else {
            throw ServiceError(
                .invalidParameter, "signature is jws: a detached JWS in X-JWS-Signature.")
        }
        return EntryQuery(
            index: try QueryReader.integer(context.parameters.get("index") ?? "", "The index"),
            generation: try generation(reader), isSigned: signature != nil)
    }

    private static func generation(_ reader: QueryReader) throws(ServiceError) -> UInt64? {
        let generation = try reader.optionalInteger("generation")
        guard generation != 0 else {
            throw ServiceError(.invalidParameter, "generation counts from 1.")
        }
        return generation
    }
}
