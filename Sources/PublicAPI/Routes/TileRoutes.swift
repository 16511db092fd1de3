import ContactServices
import HTTPTypes
import Hummingbird
import LedgerFormat

/// C2SP tlog-tiles under `/ledger/`: checkpoint and hash tiles for everyone, entry bundles for verifiers.
struct TileRoutes: Sendable {
    let gate: Gate
    let ledger: LedgerQueryService

    func register(on routes: Routes) {
        routes.get("/ledger/checkpoint") { try await checkpoint($0, $1) }
        routes.get("/ledger/tile/**") { try await tile($0, $1) }
    }

    private func checkpoint(_ request: Request, _ context: GatewayContext) async throws -> Response
    {
        try gate.passPublic(context)
        return Reply.bytes(
            try await ledger.checkpoint(), type: "text/plain; charset=utf-8",
            headers: [.cacheControl: "public, max-age=1"])
    }

    private func tile(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = TilePath("tile/" + context.parameters.getCatchAll().joined(separator: "/"))
        if case .hashes(let tile) = path {
            try gate.passPublic(context)
            let query = TileQuery(
                level: UInt32(tile.level), number: tile.number, width: UInt32(tile.width))
            return Reply.bytes(
                try await ledger.tile(query), type: "application/octet-stream",
                headers: [.cacheControl: "public, max-age=31536000, immutable"])
        }
        if case .entries(let number, let width) = path {
            return try await bundle(
                request, context, TileQuery(level: 0, number: number, width: UInt32(width)))
        }
        throw ServiceError(.notFound, "There is no such tile.")
    }

    private func bundle(
        _ request: Request, _ context: GatewayContext, _ query: TileQuery
    ) async throws -> Response {
        try await gate.pass(request, context, .readBundle, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in query }
            return Reply.bytes(
                try await ledger.bundle(query), type: "application/octet-stream",
                headers: [.cacheControl: "private, max-age=31536000, immutable"])
        }
    }
}
