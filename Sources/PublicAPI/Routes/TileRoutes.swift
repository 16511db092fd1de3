import ContactServices
import HTTPTypes
import Hummingbird
import LedgerFormat

/// C2SP tlog-tiles: checkpoint and hash tiles for everyone, entry bundles for verifiers. Under `/ledger/g<N>/` those of
/// generation N; under `/ledger/` those of the current one, which another may follow: they are not kept for long.
struct TileRoutes: Sendable {
    let gate: Gate
    let ledger: LedgerQueryService

    func register(on routes: Routes) {
        for prefix in ["/ledger", "/ledger/{generation}"] {
            routes.get(prefix + "/checkpoint", as: ["text/plain"]) { try await checkpoint($0, $1) }
            routes.get(prefix + "/tile/**", as: ["application/octet-stream"]) {
                try await tile($0, $1)
            }
        }
    }

    private func checkpoint(_ request: Request, _ context: GatewayContext) async throws -> Response
    {
        try gate.passPublic(context)
        return Reply.bytes(
            try await ledger.checkpoint(try Self.generation(context)),
            type: "text/plain; charset=utf-8", headers: [.cacheControl: "public, max-age=1"])
    }

    private func tile(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = TilePath("tile/" + context.parameters.getCatchAll().joined(separator: "/"))
        let generation = try Self.generation(context)
        if case .hashes(let tile) = path {
            try gate.passPublic(context)
            let query = TileQuery(
                level: UInt32(tile.level), number: tile.number, width: UInt32(tile.width),
                generation: generation)
            return Reply.bytes(
                try await ledger.tile(query), type: "application/octet-stream",
                headers: [.cacheControl: "public, " + Self.lifetime(generation)])
        }
        if case .entries(let number, let width) = path {
            return try await bundle(
                request, context,
                TileQuery(
                    level: 0, number: number, width: UInt32(width), generation: generation))
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
                headers: [.cacheControl: "private, " + Self.lifetime(query.command.generation)])
        }
    }

    /// What a generation has never changes.
    private static func lifetime(_ generation: UInt64?) -> String {
        generation == nil ? "max-age=60" : "max-age=31536000, immutable"
    }

    /// `g<N>`; nil where the path has none.
    private static func generation(_ context: GatewayContext) throws(ServiceError) -> UInt64? {
        guard let text = context.parameters.get("generation") else { return nil }
        guard let number = UInt64(text.dropFirst()), number > 0, text == "g\(number)" else {
            throw ServiceError(.notFound, "There is no such tree.")
        }
        return number
    }
}
